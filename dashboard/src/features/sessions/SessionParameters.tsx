import type { Session } from "../../api/types";
import { namedIn, textOf } from "./parameters";

/** What a session was started with beyond the defaults in its code. */
export function SessionParameters({ session }: { session: Session }) {
  const values = Object.entries(namedIn(session.parameters));
  return values.length === 0 ? null : (
    <p className="sf-dimmed">
      Started with <span className="sf-mono">{values.map(([name, value]) => `${name} = ${textOf(value)}`).join(", ")}</span>
      ; its other parameters have the defaults of its code.
    </p>
  );
}
