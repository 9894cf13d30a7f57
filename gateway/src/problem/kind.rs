//! Every kind of problem, with its status and its sentences.

/// A kind's sentences.
pub(super) struct Text {
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    pub(super) title_ko: &'static str,
    pub(super) detail_ko: &'static str,
}

macro_rules! problems {
    ($(
        $(#[$doc:meta])*
        $name:ident = $kebab:literal, $status:literal,
        [$title:literal, $detail:literal],
        [$title_ko:literal, $detail_ko:literal];
    )*) => {
        /// Why a request was refused. The names are stable: clients and refusals use them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* $name,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The last part of the type URI.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $kebab),* }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            pub(super) const fn text(self) -> Text {
                match self {
                    $(Self::$name => Text {
                        title: $title,
                        detail: $detail,
                        title_ko: $title_ko,
                        detail_ko: $detail_ko,
                    }),*
                }
            }
        }
    };
}

problems! {
    // The bytes.

    /// The request's content ends inside a field.
    Truncated = "truncated", 400,
        ["Truncated", "The request's content ends before it is complete. Send it again."],
        ["내용이 잘렸습니다", "요청의 내용이 중간에서 끊겼습니다. 다시 보내 주십시오."];
    /// Bytes follow the last field.
    TrailingBytes = "trailing-bytes", 400,
        ["Trailing bytes", "The request's content goes on after its last field."],
        ["남는 바이트가 있습니다", "요청의 마지막 항목 뒤에 다른 내용이 붙어 있습니다."];
    /// The content is longer than anything that is accepted here.
    Oversized = "oversized", 413,
        ["Too large", "The request's content is larger than this address accepts."],
        ["너무 큽니다", "요청의 내용이 이 주소에서 받을 수 있는 크기보다 큽니다."];
    /// A value in another form than its one canonical form.
    NonCanonical = "non-canonical", 400,
        ["Not canonical", "A value in the request is not in its one canonical form."],
        ["표준 형식이 아닙니다", "요청 안의 값이 정해진 단 하나의 형식으로 쓰이지 않았습니다."];
    /// A version, kind or choice this gateway does not know.
    UnknownVersion = "unknown-version", 400,
        ["Unknown version", "The request uses a version or kind that this gateway does not know."],
        ["알 수 없는 버전입니다", "이 서버가 모르는 버전이나 종류의 요청입니다."];
    /// JSON, a path or a header that cannot be read.
    MalformedRequest = "malformed-request", 400,
        ["Malformed request", "The request's JSON, path or headers cannot be read."],
        ["요청을 읽을 수 없습니다", "요청의 JSON, 경로 또는 헤더를 읽을 수 없습니다."];
    /// The connection ended or stalled before the content was whole.
    Incomplete = "incomplete", 408,
        ["Not received whole", "The request's content did not arrive whole. Send it again."],
        ["다 받지 못했습니다", "요청의 내용을 끝까지 받지 못했습니다. 다시 보내 주십시오."];
    /// Another media type than this address takes.
    WrongContentType = "wrong-content-type", 415,
        ["Wrong content type", "This address takes another content type."],
        ["내용 형식이 다릅니다", "이 주소는 다른 형식(Content-Type)의 내용을 받습니다."];
    /// Another election than this gateway's.
    WrongElection = "wrong-election", 409,
        ["Another election", "The request belongs to another election than the one held here."],
        ["다른 투표입니다", "이 서버에서 진행하는 투표가 아닌 다른 투표의 요청입니다."];
    /// No such thing.
    NotFound = "not-found", 404,
        ["Not found", "There is nothing at this address."],
        ["찾을 수 없습니다", "이 주소에는 아무것도 없습니다."];
    /// The address does not take this method.
    MethodNotAllowed = "method-not-allowed", 405,
        ["Method not allowed", "This address does not take this method."],
        ["허용되지 않는 방식입니다", "이 주소는 이 방식(HTTP method)의 요청을 받지 않습니다."];

    // Who asks.

    /// No session was presented.
    SessionMissing = "session-missing", 401,
        ["Not identified", "Verify your identity first."],
        ["본인확인이 필요합니다", "먼저 본인확인을 해 주십시오."];
    /// A session that this gateway did not seal.
    SessionInvalid = "session-invalid", 401,
        ["Session not valid", "The session is not one of this gateway's. Verify your identity again."],
        ["올바르지 않은 세션입니다", "이 서버가 발급한 세션이 아닙니다. 본인확인을 다시 해 주십시오."];
    /// A session whose time is over.
    SessionExpired = "session-expired", 401,
        ["Session expired", "The session's time is over. Verify your identity again."],
        ["세션이 만료되었습니다", "세션의 유효 시간이 지났습니다. 본인확인을 다시 해 주십시오."];
    /// The person does not meet a requirement of the manifest.
    NotEligible = "not-eligible", 403,
        ["Not eligible", "A requirement of this election is not met. It is attached."],
        ["투표 대상이 아닙니다", "이 투표의 자격 요건 가운데 충족되지 않은 것이 있습니다. 그 요건을 함께 보냅니다."];
    /// The identity provider refused what it was given.
    IdentityRefused = "identity-refused", 403,
        ["Identity not verified", "The identity could not be verified."],
        ["본인확인에 실패했습니다", "본인확인을 할 수 없었습니다."];
    /// The identity provider does not answer.
    ProviderUnavailable = "provider-unavailable", 503,
        ["Identity provider unavailable", "The identity provider does not answer. Try again shortly."],
        ["본인확인 기관이 응답하지 않습니다", "본인확인 기관이 응답하지 않습니다. 잠시 뒤에 다시 시도해 주십시오."];
    /// No desk's token, or one that this gateway does not know.
    DeskUnknown = "desk-unknown", 401,
        ["Desk not known", "This takes the token of a desk, or a pass that was drawn with it."],
        ["등록되지 않은 창구입니다", "창구의 토큰이나 그 토큰으로 받은 출입증이 있어야 합니다."];
    /// A desk's pass whose time is over.
    PassExpired = "pass-expired", 401,
        ["Pass expired", "This pass of a desk has expired. Open the desk again from the staff console."],
        ["창구 시간이 지났습니다", "창구를 연 지 오래되어 출입증이 끝났습니다. 운영 콘솔에서 창구를 다시 열어 주십시오."];
    /// Not a case that a person was given, or one that is too old.
    CaseInvalid = "case-invalid", 403,
        ["Case not valid", "The case is not one of this gateway's or is too old. Verify the identity again."],
        ["올바르지 않은 접수번호입니다", "이 서버가 발급한 접수번호가 아니거나 오래되었습니다. 본인확인을 다시 해 주십시오."];
    /// The session was ended on a shared device.
    SessionEnded = "session-ended", 401,
        ["Session ended", "The session was ended on this device. Verify your identity again."],
        ["종료된 세션입니다", "이 기기에서 종료한 세션입니다. 본인확인을 다시 해 주십시오."];
    /// A session that a kiosk code opened, where a verified person's is needed.
    SessionFromCode = "session-from-code", 403,
        ["Session came from a code", "A code is given to whom a provider has verified, not for another code. Verify the identity again."],
        ["번호로 연 세션입니다", "이 세션은 창구 번호로 연 것이라 새 번호를 받을 수 없습니다. 본인확인을 다시 해 주십시오."];
    /// The credential is not signed by this election's registrar.
    CredentialInvalid = "credential-invalid", 403,
        ["Credential not valid", "The credential is not signed by this election's registrar."],
        ["올바르지 않은 투표 자격입니다", "이 투표의 등록 기관이 서명한 투표 자격이 아닙니다."];
    /// A later credential of the same person has been issued, or this one is not in the log.
    CredentialNotCurrent = "credential-not-current", 409,
        ["Credential replaced", "A newer login has replaced this credential. Verify your identity again on this device."],
        ["투표 자격이 바뀌었습니다", "다른 로그인으로 투표 자격이 새로 발급되었습니다. 이 기기에서 본인확인을 다시 해 주십시오."];
    /// The voter's signature does not verify.
    SignatureInvalid = "signature-invalid", 403,
        ["Signature not valid", "The voter's signature on this request does not verify."],
        ["서명이 올바르지 않습니다", "이 요청에 붙은 투표자의 서명이 맞지 않습니다."];
    /// The voter key already stands in the log.
    VoterKeyUsed = "voter-key-used", 409,
        ["Key already used", "This voter key stands in an earlier credential. Draw a fresh one."],
        ["이미 쓰인 키입니다", "이미 발급된 투표 자격에 쓰인 키입니다. 새 키를 만들어 주십시오."];

    // When.

    /// The opening hour has not come, or the opening entry is missing.
    VotingNotOpen = "voting-not-open", 409,
        ["Voting has not opened", "Voting has not opened yet."],
        ["아직 투표 시작 전입니다", "아직 투표가 시작되지 않았습니다."];
    /// The close has come.
    VotingClosed = "voting-closed", 409,
        ["Voting has closed", "The request was received whole at or after the close."],
        ["투표가 끝났습니다", "투표 마감 시각 또는 그 뒤에 도착한 요청입니다."];
    /// Staff have paused voting.
    VotingPaused = "voting-paused", 503,
        ["Voting is paused", "Voting is paused. Nothing is lost: try again when it resumes."],
        ["투표가 잠시 멈췄습니다", "투표가 일시 중지되었습니다. 재개되면 다시 시도해 주십시오."];
    /// Staff have annulled the election.
    ElectionAnnulled = "election-annulled", 410,
        ["Election annulled", "The election has been annulled and ends without a result."],
        ["무효가 된 투표입니다", "이 투표는 무효로 결정되어 결과 없이 끝났습니다."];
    /// The objection period is over, and with it the key that recognises people.
    PseudonymKeyDestroyed = "pseudonym-key-destroyed", 410,
        ["Nobody is recognised any more", "The election is over and its pseudonym key is destroyed."],
        ["더는 본인을 확인할 수 없습니다", "투표가 끝나고 가명 키가 파기되었습니다."];

    // Ballots and tracking codes.

    /// The person's ballot is in the log.
    AlreadyVoted = "already-voted", 409,
        ["Already voted", "This person's ballot is in. The receipt of that ballot is attached."],
        ["이미 투표하셨습니다", "이미 투표가 접수되었습니다. 그 투표의 접수증을 함께 보냅니다."];
    /// Voting again does not follow the person's last ballot.
    SequenceConflict = "sequence-conflict", 409,
        ["Does not follow the last ballot", "The sequence number or previous tracking code does not follow the person's last ballot."],
        ["마지막 투표에 이어지지 않습니다", "순번이나 이전 추적번호가 마지막 투표와 이어지지 않습니다."];
    /// The ballot's proof does not hold.
    ProofInvalid = "proof-invalid", 422,
        ["Proof does not hold", "The ballot's proof does not hold, so it cannot be counted."],
        ["증명이 맞지 않습니다", "투표지의 증명이 맞지 않아 집계할 수 없습니다."];
    /// A part of the ballot stands in an earlier ballot.
    CiphertextRepeated = "ciphertext-repeated", 409,
        ["Repeated ciphertext", "A part of this ballot stands in an earlier ballot. Seal a fresh one."],
        ["중복된 암호문입니다", "투표지의 일부가 앞선 투표지와 같습니다. 다시 봉인해 주십시오."];
    /// The tracking code was spoiled.
    CodeSpoiled = "code-spoiled", 409,
        ["Ballot was checked", "This sealed ballot was checked and never counts. Seal a fresh one."],
        ["점검에 쓰인 투표지입니다", "점검에 쓴 투표지는 집계되지 않습니다. 다시 봉인해 주십시오."];
    /// The tracking code was cast.
    CodeCast = "code-cast", 409,
        ["Ballot was cast", "The ballot with this tracking code has been cast."],
        ["이미 제출된 투표지입니다", "이 추적번호의 투표지는 이미 제출되었습니다."];
    /// The tracking code is someone else's.
    CodeTaken = "code-taken", 409,
        ["Tracking code is taken", "This tracking code was registered under another credential."],
        ["다른 사람의 추적번호입니다", "다른 투표 자격으로 등록된 추적번호입니다."];
    /// The tracking code was never registered as pending.
    CodeNotPending = "code-not-pending", 409,
        ["Tracking code is not registered", "Register the tracking code before checking the ballot."],
        ["등록되지 않은 추적번호입니다", "투표지를 점검하기 전에 추적번호를 먼저 등록해 주십시오."];
    /// As many sealed ballots were checked as the manifest allows.
    SpoilLimit = "spoil-limit", 429,
        ["No more checks", "As many sealed ballots were checked as this election allows. You can still cast."],
        ["더 점검할 수 없습니다", "이 투표에서 허용한 횟수만큼 점검했습니다. 투표는 계속할 수 있습니다."];
    /// Too many tracking codes were registered and left.
    PendingLimit = "pending-limit", 429,
        ["Too many sealed ballots", "Too many tracking codes were registered and left undecided. Cast one of them."],
        ["등록한 추적번호가 너무 많습니다", "등록만 하고 결정하지 않은 추적번호가 너무 많습니다. 그중 하나로 투표해 주십시오."];

    // Staff and trustees.

    /// Too few or wrong staff signatures, or a stale action number.
    StaffSignatures = "staff-signatures", 403,
        ["Signatures do not suffice", "The action is not signed as the next one by as many staff members as the manifest demands."],
        ["서명이 부족합니다", "정해진 수의 담당자가 다음 순번의 행위로 서명하지 않았습니다."];
    /// Neither a mobile number nor a mail address.
    ContactInvalid = "contact-invalid", 422,
        ["Not a contact", "This is not a Korean mobile number or a mail address."],
        ["연락처가 아닙니다", "휴대전화 번호나 전자우편 주소의 형식이 아닙니다."];
    /// The election's stage does not allow this.
    StageForbids = "stage-forbids", 409,
        ["Not at this stage", "The election's stage or schedule does not allow this now."],
        ["지금은 할 수 없습니다", "투표의 단계나 일정상 지금은 할 수 없는 일입니다."];
    /// The checkpoint that an action must hold is not the one before it.
    CheckpointMismatch = "checkpoint-mismatch", 409,
        ["Another checkpoint", "The action must hold the checkpoint of the log just before it, cosigned where witnesses are named."],
        ["체크포인트가 다릅니다", "행위 직전의 로그 체크포인트를 담아야 합니다. 증인이 지정된 투표에서는 증인의 서명도 필요합니다."];
    /// The document is not the one the action names.
    DocumentMismatch = "document-mismatch", 422,
        ["Document missing or different", "The document that the action names must be sent with it, and no other."],
        ["문서가 없거나 다릅니다", "행위에 적힌 문서를 함께 보내야 하며, 다른 문서는 받지 않습니다."];
    /// Another roll was imported since the claim was signed.
    RollNumber = "roll-number", 409,
        ["Another roll came first", "Another roll was imported meanwhile, so nothing was changed. Look at the rolls and begin again."],
        ["다른 명부가 먼저 올라왔습니다", "그사이 다른 명부가 올라와 아무것도 바꾸지 않았습니다. 명부를 다시 보고 처음부터 하십시오."];
    /// A file that is no roll, or a class that has none.
    RollRefused = "roll-refused", 422,
        ["Not a roll", "The file cannot be read as a roll of this election. Nothing was imported."],
        ["명부로 읽을 수 없습니다", "이 투표의 명부로 읽을 수 없는 파일이라 아무것도 올리지 않았습니다."];
    /// A trustee's message does not verify or does not fit.
    TrusteeMessageRefused = "trustee-message-refused", 422,
        ["Trustee's message refused", "The trustee's message does not verify or has no place here."],
        ["수탁자의 메시지가 거부되었습니다", "수탁자의 메시지가 검증되지 않거나 지금 단계에 맞지 않습니다."];
    /// An entry that observers would refuse, for a reason without a kind of its own.
    EntryRefused = "entry-refused", 422,
        ["Refused by the log", "The log would not verify with this entry, so it was not taken."],
        ["로그가 받지 않았습니다", "이 내용을 넣으면 로그가 검증되지 않으므로 받지 않았습니다."];

    // Us.

    /// A session, a person or an address has asked too much.
    RateLimited = "rate-limited", 429,
        ["Too many requests", "Too many requests from here. Nothing is lost: try again shortly."],
        ["요청이 너무 많습니다", "같은 곳에서 요청이 너무 많이 왔습니다. 잠시 뒤에 다시 시도해 주십시오."];
    /// Newcomers wait for their turn: take a ticket.
    WaitingRoom = "waiting-room", 503,
        ["Please wait for your turn", "Many people are voting. Take a ticket for the waiting room and come in when it is called."],
        ["순서를 기다려 주십시오", "지금 접속자가 많습니다. 대기표를 받고 순서가 되면 들어오십시오."];
    /// A waiting-room ticket that is not one of this election's, or is too old.
    TicketInvalid = "ticket-invalid", 400,
        ["Ticket not valid", "The ticket is not one of this waiting room's, or is too old. Take another one."],
        ["올바르지 않은 대기표입니다", "이 대기실의 대기표가 아니거나 너무 오래되었습니다. 대기표를 다시 받아 주십시오."];
    /// Queues are full.
    Overloaded = "overloaded", 503,
        ["Too many at once", "Too many requests at once. Nothing is lost: try again shortly."],
        ["접속자가 많습니다", "요청이 한꺼번에 몰렸습니다. 잠시 뒤에 다시 시도해 주십시오."];
    /// The gateway is stopping or its store failed; whether the request was kept is to be asked
    /// again by sending the same bytes.
    Unavailable = "unavailable", 503,
        ["Not available", "The gateway could not finish this. Send the very same request again."],
        ["처리하지 못했습니다", "요청을 끝까지 처리하지 못했습니다. 같은 내용을 그대로 다시 보내 주십시오."];
    /// A fault of ours.
    Internal = "internal", 500,
        ["Internal error", "Something went wrong on our side."],
        ["서버 오류입니다", "서버에 문제가 생겼습니다."];
}

impl ProblemKind {
    /// After how many seconds the same request may do better.
    #[must_use]
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Overloaded
            | Self::Unavailable
            | Self::WaitingRoom
            | Self::RateLimited
            | Self::ProviderUnavailable => Some(2),
            Self::VotingPaused => Some(30),
            _ => None,
        }
    }
}
