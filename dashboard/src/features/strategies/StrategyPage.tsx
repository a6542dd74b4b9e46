import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { strategyQuery } from "../../api/queries";
import { ErrorBox } from "../../ui/ErrorBox";
import { PageHead } from "../../ui/PageHead";
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
  const { data, error, refetch } = useQuery({ ...strategyQuery(id), enabled: !isNew });
  if (data === undefined && !isNew) {
    return (
      <div>
        <PageHead title="Strategy" />
        {error === null ? null : <ErrorBox error={error} onRetry={() => void refetch()} />}
      </div>
    );
  }

  return (
    <StrategyForm
      strategy={data ?? null}
      onMade={(saved) => {
        onMade(saved.id);
        // Back leads to where one came from, not to an empty form.
        void navigate({ to: "/strategies/$strategyId", params: { strategyId: saved.id }, replace: true, ignoreBlocker: true });
      }}
    />
  );
}
