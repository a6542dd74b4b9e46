import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../../api/queries";
import { PageHead } from "../../ui/PageHead";
import { ApiKeys } from "./ApiKeys";
import { ChangePassword } from "./ChangePassword";
import { SignIns } from "./SignIns";

/** What opens one's own account: the keys of one's programs, where one is signed in, and the password. */
export function AccountPage() {
  const { data: me } = useQuery(meQuery);
  return (
    <div>
      <PageHead title="Your account" aside={<span className="sf-dimmed">{me?.email}</span>} />
      <ApiKeys />
      <div className="sf-gap" />
      <SignIns />
      <div className="sf-gap" />
      <ChangePassword />
    </div>
  );
}
