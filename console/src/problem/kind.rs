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
        /// Why a request was refused. The names are stable: the page uses them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemKind {
            $($(#[$doc])* $name,)*
        }

        impl ProblemKind {
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
    // The request.

    /// JSON or a path that cannot be read.
    MalformedRequest = "malformed-request", 400,
        ["Malformed request", "The request cannot be read."],
        ["요청을 읽을 수 없습니다", "요청의 내용을 읽을 수 없습니다."];
    /// Another media type than this address takes.
    WrongContentType = "wrong-content-type", 415,
        ["Wrong content type", "This address takes another content type."],
        ["내용 형식이 다릅니다", "이 주소는 다른 형식(Content-Type)의 내용을 받습니다."];
    /// The content is longer than this address takes.
    Oversized = "oversized", 413,
        ["Too large", "The content is larger than this address accepts."],
        ["너무 큽니다", "내용이 받을 수 있는 크기보다 큽니다."];
    /// The content stalled before it was whole.
    Incomplete = "incomplete", 408,
        ["Incomplete", "The content took too long to arrive. Try again."],
        ["다 오지 않았습니다", "내용이 제때 다 오지 않았습니다. 다시 시도해 주십시오."];
    /// A change that was not sent by the console's own page.
    WrongOrigin = "wrong-origin", 403,
        ["Another page", "Changes are taken from the console's own page alone."],
        ["다른 페이지의 요청입니다", "변경은 운영 페이지에서 보낸 것만 받습니다."];
    /// No such thing.
    NotFound = "not-found", 404,
        ["Not found", "There is no such thing."],
        ["찾을 수 없습니다", "그런 것이 없습니다."];
    /// The address does not take this method.
    MethodNotAllowed = "method-not-allowed", 405,
        ["Method not allowed", "This address does not take this method."],
        ["허용되지 않는 방식입니다", "이 주소는 이 방식(HTTP method)의 요청을 받지 않습니다."];

    // Who asks.

    /// Nobody is signed in, or the session is over.
    SignedOut = "signed-out", 401,
        ["Not signed in", "Sign in with your passkey."],
        ["로그인이 필요합니다", "패스키로 로그인해 주십시오."];
    /// Only managers may.
    NotAManager = "not-a-manager", 403,
        ["For managers", "Only managers can do this."],
        ["운영자만 할 수 있습니다", "이 일은 운영자만 할 수 있습니다."];
    /// The member's role does not allow it.
    RoleForbids = "role-forbids", 403,
        ["Not for your role", "Your role does not allow this. A manager can invite you with another one."],
        ["내 권한으로는 할 수 없습니다", "내 권한으로는 할 수 없는 일입니다. 다른 권한이 필요하면 운영자에게 새로 초대받으십시오."];
    /// No desk's token was given to this console.
    NoDesk = "no-desk", 409,
        ["No desk here", "This console was started without a desk's token (--desk-token)."],
        ["창구가 없습니다", "이 콘솔은 창구 토큰(--desk-token) 없이 켜졌습니다."];
    /// An invitation that was used, is over, or never was.
    InvitationInvalid = "invitation-invalid", 403,
        ["Invitation not valid", "The invitation was used, is over, or never was. Ask for a new one."],
        ["초대가 유효하지 않습니다", "이미 쓰였거나 기한이 지났거나 없는 초대입니다. 새 초대를 받으십시오."];
    /// What was begun with a passkey took too long.
    CeremonyExpired = "ceremony-expired", 409,
        ["Begin again", "It took too long, or the console was restarted. Begin again."],
        ["다시 시작해 주십시오", "시간이 지났거나 서버가 다시 시작되었습니다. 처음부터 다시 해 주십시오."];
    /// A passkey that is not a member's, or does not verify.
    PasskeyRefused = "passkey-refused", 403,
        ["Passkey refused", "The passkey is not of a member of this console, or does not verify."],
        ["패스키를 확인할 수 없습니다", "이 서버에 등록된 사람의 패스키가 아니거나 확인되지 않습니다."];
    /// Nobody ends their own membership.
    OwnMembership = "own-membership", 409,
        ["Your own membership", "Another manager has to end it."],
        ["자기 자신은 끝낼 수 없습니다", "다른 운영자가 해야 합니다."];

    // Signing keys.

    /// A signing key without proof that its holder has it.
    KeyInvalid = "key-invalid", 422,
        ["Signing key refused", "The signing key is not one, is another member's, or its proof does not verify."],
        ["서명 열쇠를 받을 수 없습니다", "열쇠가 아니거나 다른 사람의 것이거나 그 증명이 확인되지 않습니다."];
    /// A member has a signing key already.
    KeyExists = "key-exists", 409,
        ["A signing key exists", "A member's signing key is set once. Who lost a passkey is invited anew."],
        ["서명 열쇠가 이미 있습니다", "서명 열쇠는 한 번만 등록합니다. 패스키를 잃은 사람은 새로 초대받아야 합니다."];

    // Drafts.

    /// A spreadsheet that cannot be taken.
    SpreadsheetRefused = "spreadsheet-refused", 422,
        ["Spreadsheet refused", "Nothing was taken over. Each fault names its row and column."],
        ["표를 받을 수 없습니다", "아무것도 반영하지 않았습니다. 잘못마다 행과 열이 적혀 있습니다."];
    /// A draft was changed since it was read.
    DraftChanged = "draft-changed", 409,
        ["Changed meanwhile", "Someone else has changed the draft. Load it again."],
        ["그사이 바뀌었습니다", "다른 사람이 초안을 고쳤습니다. 다시 불러오십시오."];
    /// A draft whose founding is being signed cannot change.
    DraftFixed = "draft-fixed", 409,
        ["Being signed", "The founding of this draft is being signed or signed. Withdraw it to change the draft."],
        ["서명 중입니다", "이 초안의 선거 설립에 서명이 진행 중이거나 끝났습니다. 고치려면 먼저 철회하십시오."];
    /// A draft that is no manifest yet.
    DraftIncomplete = "draft-incomplete", 422,
        ["Not complete", "Something is missing in the draft, or does not fit."],
        ["아직 완성되지 않았습니다", "초안에 빠졌거나 맞지 않는 것이 있습니다."];
    /// A simulation that cannot be computed.
    SimulationImpossible = "simulation-impossible", 422,
        ["Cannot be simulated", "The projects or the rule do not make a result yet."],
        ["모의 계산을 할 수 없습니다", "사업이나 규칙이 아직 결과를 내지 못합니다."];

    // Proposals.

    /// The election's stage does not allow the action.
    StageForbids = "stage-forbids", 409,
        ["Not at this stage", "The election's stage does not allow this action."],
        ["지금 단계에서는 할 수 없습니다", "선거의 지금 단계에서는 할 수 없는 일입니다."];
    /// An action that cannot be.
    ActionInvalid = "action-invalid", 422,
        ["Action not possible", "What the action says does not fit this election."],
        ["할 수 없는 내용입니다", "이 선거에 맞지 않는 내용입니다."];
    /// A result that is not what its totals give.
    ResultRefused = "result-refused", 422,
        ["Result refused", "The document is not the result that its totals give under this election's manifest."],
        ["결과 문서를 받을 수 없습니다", "이 선거의 규칙으로 그 합계에서 나오는 결과 문서가 아닙니다."];
    /// A session that an account has begun, where a passkey must.
    PasskeyNeeded = "passkey-needed", 403,
        ["Sign in with your passkey", "A signing key is registered after signing in with the passkey that makes it, not with an account."],
        ["패스키로 로그인하십시오", "서명 열쇠는 기관 계정이 아니라, 그 열쇠를 만드는 패스키로 로그인한 다음에 등록합니다."];
    /// An account that nobody here is known by.
    AccountUnknown = "account-unknown", 403,
        ["Account not known here", "This account belongs to nobody on the staff. Enrol it with an invitation, or sign in with a passkey."],
        ["등록되지 않은 계정입니다", "이 계정으로 등록된 담당자가 없습니다. 초대를 받아 등록하거나 패스키로 로그인하십시오."];
    /// An account that stands for a member already, or a member who has one.
    AccountKnown = "account-known", 409,
        ["Already linked", "This account stands for somebody on the staff already, or you have linked another one."],
        ["이미 연결되어 있습니다", "이미 담당자에게 연결된 계정이거나, 나에게 다른 계정이 연결되어 있습니다."];
    /// The OpenID provider does not answer.
    OpenIdUnavailable = "openid-unavailable", 502,
        ["The provider does not answer", "The office's identity provider does not answer. Sign in with a passkey, or try again."],
        ["인증 서버가 응답하지 않습니다", "기관의 인증 서버가 응답하지 않습니다. 패스키로 로그인하거나 다시 해 주십시오."];
    /// What came back from it is not what was begun.
    OpenIdRefused = "openid-refused", 403,
        ["Not signed in", "What came back from the identity provider was not begun here, or is not its own. Begin again."],
        ["로그인하지 못했습니다", "인증 서버에서 돌아온 내용이 여기서 시작한 것이 아니거나 확인되지 않습니다. 다시 시작하십시오."];
    /// Totals that are not an offline group's of this election.
    TotalsRefused = "totals-refused", 422,
        ["Totals refused", "These are not totals that an offline group of this election has signed, or they are in already."],
        ["합계를 받을 수 없습니다", "이 선거의 오프라인 집단이 서명한 합계가 아니거나, 이미 들어온 합계입니다."];
    /// No list of files with their hashes.
    ListRefused = "list-refused", 422,
        ["List refused", "This is not a list of the page's files with their hashes (assets.json)."],
        ["목록을 받을 수 없습니다", "화면 파일들의 해시 목록(assets.json)이 아닙니다."];
    /// A decision that does not fit the published result.
    DecisionRefused = "decision-refused", 422,
        ["Decision refused", "The assembly's decision does not fit the published result."],
        ["총회 결정을 받을 수 없습니다", "총회의 결정이 발표된 결과와 맞지 않습니다."];
    /// The log does not verify.
    LogRefused = "log-refused", 502,
        ["The log does not verify", "What the gateway serves does not verify. Nothing was proposed. Stop and find out why."],
        ["공개 기록이 검증되지 않습니다", "서버가 내놓은 공개 기록이 검증되지 않아 아무것도 제안하지 않았습니다. 멈추고 원인을 찾으십시오."];
    /// The trustees have not made the election's key yet.
    CeremonyUnfinished = "ceremony-unfinished", 409,
        ["The key is not made yet", "The trustees' key ceremony has not come to its end in the public log."],
        ["열쇠 만들기가 끝나지 않았습니다", "개표 관리자들의 열쇠 만들기가 공개 기록에서 아직 끝나지 않았습니다."];
    /// The member's key is not in the election's manifest.
    NotInManifest = "not-in-manifest", 403,
        ["Not of this election's staff", "Your signing key is not in this election's manifest."],
        ["이 선거의 담당자가 아닙니다", "내 서명 열쇠가 이 선거의 선거 정의에 없습니다."];
    /// A signature that does not verify.
    SignatureInvalid = "signature-invalid", 422,
        ["Signature refused", "The signature does not verify."],
        ["서명을 받을 수 없습니다", "서명이 확인되지 않습니다."];
    /// A member signs a proposal once.
    AlreadySigned = "already-signed", 409,
        ["Signed already", "You have signed this. Another person has to sign it too."],
        ["이미 서명했습니다", "이미 서명했습니다. 다른 사람의 서명이 더 필요합니다."];
    /// A proposal that has ended or is not ready.
    ProposalClosed = "proposal-closed", 409,
        ["Not open", "The proposal was submitted or withdrawn, or is not signed yet."],
        ["열려 있지 않습니다", "이미 제출했거나 철회했거나, 아직 서명이 모자라는 제안입니다."];

    // Beyond the console.

    /// The gateway does not answer.
    GatewayUnreachable = "gateway-unreachable", 502,
        ["The gateway does not answer", "The election's gateway does not answer. It may not be running yet."],
        ["선거 서버가 응답하지 않습니다", "선거 서버(gateway)가 응답하지 않습니다. 아직 켜지 않았을 수 있습니다."];
    /// The gateway refused.
    GatewayRefused = "gateway-refused", 409,
        ["The gateway refused", "The election's gateway refused the action."],
        ["선거 서버가 거절했습니다", "선거 서버(gateway)가 거절했습니다."];
    /// The store failed.
    Unavailable = "unavailable", 503,
        ["Unavailable", "The console's store failed. Try again."],
        ["지금은 할 수 없습니다", "저장소에 문제가 있습니다. 다시 해 주십시오."];
    /// A fault of ours.
    Internal = "internal", 500,
        ["A fault of ours", "Something went wrong in the console."],
        ["내부 오류입니다", "운영 서버에 문제가 생겼습니다."];
}
