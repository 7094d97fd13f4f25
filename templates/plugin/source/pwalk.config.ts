import __identifier__ from '__package__';
import { defineConfig } from 'pwalk';

export default defineConfig({
  roots: ['.'],
  source: __identifier__({ roots: ['.'] }),
  failOnMatch: true,
});
