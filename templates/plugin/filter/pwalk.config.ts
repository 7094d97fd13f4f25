import __identifier__ from '__package__';
import { csv, defineConfig } from 'pwalk';

export default defineConfig({
  roots: ['.'],
  filters: [__identifier__({ least: 1 })],
  sinks: [csv({ path: '-' })],
});
