import { averageText, quantityText, signOf } from "../../lib/fmt";

export function PositionText({ position }: { position: { quantity: string; averagePrice: string } }) {
  return signOf(position.quantity) === 0 ? (
    <span className="sf-dimmed">flat</span>
  ) : (
    <span>
      <span className="sf-number">{quantityText(position.quantity)}</span> <span className="sf-number">at {averageText(position.averagePrice)}</span>
    </span>
  );
}
