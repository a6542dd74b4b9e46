import { ActionIcon, AppShell, Burger, Button, Group, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconActivity,
  IconBell,
  IconChartPie,
  IconCode,
  IconLicense,
  IconMoon,
  IconSun,
  IconUsers,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery, versionQuery } from "../api/queries";
import { TradingBanner } from "../features/risk/TradingBanner";
import { useStream } from "../live/useStream";
import { AccountMenu } from "./AccountMenu";
import { AlertBell } from "./AlertBell";
import { LinkPill } from "./LinkPill";
import classes from "./Shell.module.css";
import { SkipLink } from "./SkipLink";

const pages = [
  { to: "/", label: "Portfolio", Icon: IconChartPie },
  { to: "/sessions", label: "Sessions", Icon: IconActivity },
  { to: "/strategies", label: "Strategies", Icon: IconCode },
  { to: "/alerts", label: "Alerts", Icon: IconBell },
] as const;

const adminPages = [{ to: "/users", label: "Users", Icon: IconUsers }] as const;

/** Rail, header, and the page between them. */
export function Shell() {
  const [railOpen, rail] = useDisclosure(false);
  const { data: me } = useQuery(meQuery);
  useStream();

  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 196, breakpoint: "sm", collapsed: { mobile: !railOpen } }} padding={0}>
      <SkipLink to="page" />
      <AppShell.Header className={classes.header}>
        <Burger
          opened={railOpen}
          onClick={rail.toggle}
          hiddenFrom="sm"
          size="sm"
          aria-label={railOpen ? "Close the menu" : "Open the menu"}
        />
        <Link to="/" className={classes.brand} aria-label="StratForge, to the portfolio">
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span>StratForge</span>
        </Link>
        <span className={classes.paper} title="Orders go to a paper account: nothing here is real money.">
          Paper
        </span>
        <div className={classes.right}>
          <NewVersion />
          <LinkPill />
          <AlertBell />
          <SchemeSwitch />
          <AccountMenu />
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={classes.rail} aria-label="Pages">
        {[...pages, ...(me?.role === "admin" ? adminPages : [])].map(({ to, label, Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes.link}
            activeProps={{ className: classes.active, "aria-current": "page" }}
            activeOptions={{ exact: to === "/" }}
            onClick={rail.close}
          >
            <Icon size={18} aria-hidden />
            {label}
          </Link>
        ))}
        <Link to="/licences" className={`${classes.link} ${classes.last}`} activeProps={{ className: classes.active }} onClick={rail.close}>
          <IconLicense size={18} aria-hidden />
          Licences
        </Link>
      </AppShell.Navbar>
      <AppShell.Main id="page" className={classes.main} tabIndex={-1}>
        <div className={classes.banner}>
          <TradingBanner />
        </div>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("dark") === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      onClick={() => setColorScheme(dark ? "light" : "dark")}
      aria-label={dark ? "Use the light scheme" : "Use the dark scheme"}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

/** Says so when the gateway is a newer build than the one this page came from. */
function NewVersion() {
  const { data } = useQuery(versionQuery);
  const version = data?.version ?? null;
  const [first, setFirst] = useState(version);
  if (first === null && version !== null) {
    setFirst(version);
  }

  return first !== null && version !== null && first !== version ? (
    <Group>
      <Button size="compact-sm" variant="light" onClick={() => location.reload()}>
        New version: reload
      </Button>
    </Group>
  ) : null;
}
