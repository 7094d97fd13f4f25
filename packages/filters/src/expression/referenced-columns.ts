import type { SyntaxNode } from './syntax-tree.js';

/** The names of the columns an expression speaks of, whether there are such or not. */
export function referencedColumns(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: SyntaxNode): void => {
    switch (part.kind) {
      case 'any':
      case 'all':
        for (const inner of part.parts) visit(inner);
        return;
      case 'not':
      case 'minus':
        visit(part.operand);
        return;
      case 'compare':
      case 'arithmetic':
        visit(part.left);
        visit(part.right);
        return;
      case 'in':
        visit(part.left);
        for (const item of part.items) visit(item);
        return;
      case 'column':
        names.add(part.name);
    }
  };
  visit(node);
  return names;
}
