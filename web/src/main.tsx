import { render } from "preact";
import "krds-uiux/resources/css/token/krds_tokens.css";
import "./style.css";
import { App } from "./app.tsx";
import { begin } from "./i18n.ts";
import { begin as beginDesk } from "./desk.ts";
import { begin as beginKiosk } from "./kiosk.ts";
import { begin as beginTypeface } from "./typeface.ts";

begin();
beginDesk();
beginKiosk();
beginTypeface();
render(<App />, document.getElementById("app")!);
