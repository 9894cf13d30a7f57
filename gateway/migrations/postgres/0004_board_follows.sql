-- Every gateway follows the log and compares these tables with it when it starts. They follow from
-- the log, which anyone may read.
GRANT SELECT ON credential, current_ballot TO hanpyo_board;
