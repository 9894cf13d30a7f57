// Asking for a notice by text message or mail. It has nothing to do with the vote, and says so.
import { useState } from "preact/hooks";
import { Failure, wordsOf, type Election } from "../app.tsx";
import { postNotice, type Channel, type NoticeEvent } from "../api.ts";
import { language, t } from "../i18n.ts";

type State = "asked" | "busy" | "kept" | "forgotten" | { why: string };

export function Notices({ election }: { election: Election }) {
  const offered = election.status.notices;
  if (!offered || offered.channels.length === 0 || offered.events.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t("notice.title")}</h2>
      <Form channels={offered.channels} offered={offered.events} />
    </section>
  );
}

function Form({ channels, offered }: { channels: Channel[]; offered: NoticeEvent[] }) {
  const [channel, setChannel] = useState<Channel>(channels[0]!);
  const [contact, setContact] = useState("");
  const [events, setEvents] = useState<NoticeEvent[]>(offered);
  const [agreed, setAgreed] = useState(false);
  const [state, setState] = useState<State>("asked");
  const toggle = (event: NoticeEvent, on: boolean) =>
    setEvents(offered.filter((known) => (known === event ? on : events.includes(known))));
  const send = async (wanted: NoticeEvent[]) => {
    setState("busy");
    try {
      await postNotice({ channel, contact: contact.trim(), language, events: wanted });
      setContact("");
      setAgreed(false);
      setState(wanted.length > 0 ? "kept" : "forgotten");
    } catch (error) {
      setState({ why: wordsOf(error) });
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const why = missing(contact, events, agreed);
    if (why) return setState({ why });
    if (state !== "busy") void send(events);
  };
  const forget = () => {
    if (!contact.trim()) return setState({ why: t("notice.contactEmpty") });
    if (state !== "busy") void send([]);
  };
  return (
    <form class="sheet" onSubmit={submit} noValidate>
      <p>{t("notice.what")}</p>
      {channels.length > 1 && (
        <fieldset class="stack">
          <legend>{t("notice.channel")}</legend>
          {channels.map((known) => (
            <label key={known} class="tick">
              <input type="radio" name="channel" checked={channel === known} onChange={() => setChannel(known)} />
              {t(`notice.channel.${known}`)}
            </label>
          ))}
        </fieldset>
      )}
      <Contact channel={channel} value={contact} wrong={typeof state === "object"} change={setContact} />
      <fieldset class="stack">
        <legend>{t("notice.events")}</legend>
        {offered.map((event) => (
          <label key={event} class="tick">
            <input type="checkbox" checked={events.includes(event)} onChange={(e) => toggle(event, e.currentTarget.checked)} />
            {t(`notice.event.${event}`)}
          </label>
        ))}
      </fieldset>
      <Consent />
      <label class="tick">
        <input type="checkbox" checked={agreed} onChange={(e) => setAgreed(e.currentTarget.checked)} />
        {t("notice.agree")}
      </label>
      {typeof state === "object" && <Failure why={state.why} />}
      <div role="status">
        {state === "kept" && <p class="notice good">✓ {t("notice.kept")}</p>}
        {state === "forgotten" && <p class="notice">{t("notice.forgotten")}</p>}
      </div>
      <div class="buttons row">
        <button class="primary" type="submit">{t("notice.go")}</button>
        <button type="button" onClick={forget}>{t("notice.forget")}</button>
      </div>
    </form>
  );
}

/** What is still missing before anything is sent. */
function missing(contact: string, events: NoticeEvent[], agreed: boolean): string | undefined {
  if (!contact.trim()) return t("notice.contactEmpty");
  if (events.length === 0) return t("notice.eventsEmpty");
  return agreed ? undefined : t("notice.agreeEmpty");
}

function Contact({ channel, value, wrong, change }: {
  channel: Channel; value: string; wrong: boolean; change: (text: string) => void;
}) {
  const sms = channel === "sms";
  return (
    <div>
      <label for="contact">{t(sms ? "notice.number" : "notice.address")}</label>
      <input id="contact" value={value} maxLength={254} aria-invalid={wrong} type={sms ? "tel" : "email"}
        autocomplete={sms ? "tel" : "email"} placeholder={sms ? "010-0000-0000" : "name@example.org"}
        onInput={(e) => change(e.currentTarget.value)} />
    </div>
  );
}

/** What the law on personal data wants said before anybody agrees. */
function Consent() {
  return (
    <dl class="facts" data-testid="consent">
      <dt>{t("notice.purpose")}</dt><dd class="long">{t("notice.purposeWhat")}</dd>
      <dt>{t("notice.items")}</dt><dd class="long">{t("notice.itemsWhat")}</dd>
      <dt>{t("notice.until")}</dt><dd class="long">{t("notice.untilWhat")}</dd>
      <dt>{t("notice.given")}</dt><dd class="long">{t("notice.givenWhat")}</dd>
      <dt>{t("notice.refuse")}</dt><dd class="long">{t("notice.refuseWhat")}</dd>
    </dl>
  );
}
