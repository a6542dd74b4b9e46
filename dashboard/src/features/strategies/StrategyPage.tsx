import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { strategyQuery } from "../../api/queries";
import { PageHead } from "../../ui/PageHead";
import { QueryPanel } from "../../ui/Panel";
import { StrategyForm } from "./StrategyForm";

/** One strategy to read and edit; the address .../new begins another. */
export function StrategyPage() {
  const { strategyId } = useParams({ from: "/signed-in/strategies/$strategyId" });
  return strategyId === "new" ? <StrategyForm key="new" strategy={null} /> : <Existing id={strategyId} />;
}

function Existing({ id }: { id: string }) {
  const query = useQuery(strategyQuery(id));
  return query.data === undefined ? (
    <div>
      <PageHead title="Strategy" />
      <QueryPanel title="Strategy" query={query} live={false} rows={12}>
        {() => null}
      </QueryPanel>
    </div>
  ) : (
    <StrategyForm key={query.data.id} strategy={query.data} />
  );
}
