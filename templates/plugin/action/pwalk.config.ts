import __identifier__ from '__package__';
import { defineConfig } from 'pwalk';

export default defineConfig({
  roots: ['.'],
  actions: [__identifier__({ journal: 'changed.jsonl' })],
  allow: ['fs:chmod'],
  dryRun: true,
});
