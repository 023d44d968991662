import "./styles/admin.css";
import { installBeside } from "./beside";
import { installCopy } from "./copy";
import { installKeys } from "./keys";
import { installLive } from "./live";
import { pressWithSpace } from "./press";
import { focusSummary } from "./summary";

installCopy(document, navigator.clipboard as Clipboard | undefined);
// Before the keys: Escape closes a card first.
installBeside(document, window);
installKeys(document, window.localStorage);
installLive(document);
focusSummary(document);
pressWithSpace(document);
