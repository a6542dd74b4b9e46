import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { strategyQuery } from "../../api/queries";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { StrategyForm } from "./StrategyForm";

/** One strategy to read and edit; the address .../new begins another. */
export function StrategyPage() {
  const { strategyId } = useParams({ from: "/signed-in/strategies/$strategyId" });
  // One that was made here keeps its form: what is typed while it is saved stays, and so does the caret.
  const [made, setMade] = useState<string>();
  return <One key={strategyId === made ? "new" : strategyId} id={strategyId} onMade={setMade} />;
}

function One({ id, onMade }: { id: string; onMade: (id: string) => void }) {
  const navigate = useNavigate();
  const isNew = id === "new";
  const query = useQuery({ ...strategyQuery(id), enabled: !isNew });
  if (query.data === undefined && !isNew) {
    return (
      <div>
        <PageHead title="Strategy" />
        <QueryPanel title="Strategy" query={query} live={false} rows={12}>
          {() => null}
        </QueryPanel>
      </div>
    );
  }

  return (
    <StrategyForm
      strategy={query.data ?? null}
      onMade={(saved) => {
        onMade(saved.id);
        // Back leads to where one came from, not to an empty form.
        void navigate({ to: "/strategies/$strategyId", params: { strategyId: saved.id }, replace: true, ignoreBlocker: true });
      }}
    />
  );
}
