import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { strategyQuery } from "../../api/queries";
import { ErrorBox } from "../../ui/ErrorBox";
import { PageHead } from "../../ui/PageHead";
import { StrategyForm } from "./StrategyForm";

/** One strategy to read and edit; the address .../new begins another. */
export function StrategyPage() {
  const { strategyId } = useParams({ from: "/signed-in/strategies/$strategyId" });
  return strategyId === "new" ? <StrategyForm key="new" strategy={null} /> : <Existing id={strategyId} />;
}

function Existing({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(strategyQuery(id));
  if (data === undefined) {
    return (
      <div>
        <PageHead title="Strategy" />
        {error === null ? null : <ErrorBox error={error} onRetry={() => void refetch()} />}
      </div>
    );
  }

  return <StrategyForm key={data.id} strategy={data} />;
}
