import { render } from "preact";
import "krds-uiux/resources/css/token/krds_tokens.css";
import "../style.css";
import "./staff.css";
import { begin } from "../i18n.ts";
import { App } from "./app.tsx";

begin();
render(<App />, document.getElementById("app")!);
