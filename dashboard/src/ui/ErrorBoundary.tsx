import { Component, type ReactNode } from "react";
import { ErrorBox } from "./ErrorBox";

interface Props {
  children: ReactNode;
}

interface State {
  error: Error | null;
}

/** Keeps a fault where it happened: the rest of the page lives on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <ErrorBox error={error} onRetry={() => this.setState({ error: null })} />;
  }
}
