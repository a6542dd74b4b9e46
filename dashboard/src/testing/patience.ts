import { configure } from "@testing-library/react";

// What is waited for comes within milliseconds, unless the machine is busy with other tests.
configure({ asyncUtilTimeout: 15_000 });
