import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { answered, gateway } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Strategy, ValidationReport } from "../../api/types";
import type { LineMark } from "../../editor/CodeEditor";
import type { Fields } from "./fields";

/** Has the code in the form examined, as it stands there. */
export function useExamination(strategy: Strategy | null, form: UseFormReturnType<Fields>) {
  const waiting = useRef<AbortController>(null);
  const [examined, setExamined] = useState("");
  const examination = useMutation<ValidationReport, Error>({
    mutationFn: () => {
      const { code, language, symbol } = form.getValues();
      const body = { code, symbol: symbol.trim().toUpperCase() };
      setExamined(code);
      waiting.current = new AbortController();
      const { signal } = waiting.current;
      return answered(
        strategy === null
          ? gateway.POST("/api/strategies/validate", { body: { ...body, language }, signal })
          : gateway.POST("/api/strategies/{id}/validate", { params: { path: { id: strategy.id } }, body, signal }),
      );
    },
    onError: (error) => {
      if (error instanceof Problem) {
        form.setErrors(error.fields);
      }
    },
  });

  // Given up by its author: that is no error to show.
  const cancel = (): void => {
    waiting.current?.abort();
    examination.reset();
  };

  // Lines may have moved since.
  const outdated = examined !== form.values.code;
  return { examination, cancel, outdated, marks: outdated ? [] : marksOf(examination.data) };
}

const marksOf = (report: ValidationReport | undefined): LineMark[] =>
  (report?.problems ?? []).flatMap(({ line, severity, message }) =>
    line === null ? [] : [{ line, tone: severity === "error" || severity === "warning" ? severity : "info", text: message }],
  );
