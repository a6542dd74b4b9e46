import { Anchor, Text } from "@mantine/core";
import { PageHead } from "../../ui/PageHead";
import { Panel } from "../../ui/Panel";

/** What this page is made of, and the notice that its chart library asks for. */
export function LicencesPage() {
  return (
    <div>
      <PageHead title="Licences" />
      <Panel title="Charts" padded>
        <Text size="sm">
          TradingView Lightweight Charts
          <br />
          Copyright (c) 2023 TradingView, Inc.{" "}
          <Anchor href="https://www.tradingview.com/" rel="noreferrer" target="_blank" underline="always" inherit>
            https://www.tradingview.com/
          </Anchor>
        </Text>
        <Text size="sm" mt="xs" c="dimmed">
          Licensed under the Apache License, Version 2.0.
        </Text>
      </Panel>
      <div className="sf-gap" />
      <Panel title="Everything else" padded>
        <Text size="sm">
          React, Mantine, TanStack Router and Query, openapi-fetch and the Tabler icons are under the MIT licence; the typefaces Inter
          and JetBrains Mono under the SIL Open Font License 1.1. The full list with its notices is the file THIRD-PARTY-NOTICES beside
          the source.
        </Text>
      </Panel>
    </div>
  );
}
