import "./admin.css";
import { installKeys } from "./keys";

installKeys(document, window.localStorage);
