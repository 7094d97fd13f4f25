import __identifier__ from '__package__';
import { defineConfig } from 'pwalk';

export default defineConfig({ roots: ['.'], sinks: [__identifier__({ path: '-' })] });
