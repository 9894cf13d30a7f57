// The staff's page, built apart: nothing of it is among the files that citizens' servers serve.
import { defineConfig, mergeConfig } from "vite";
import everyone from "./vite.config.ts";

export default mergeConfig(everyone, defineConfig({
  build: { outDir: "dist-staff", rollupOptions: { input: "staff.html" } },
}));
