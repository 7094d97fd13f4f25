/** An entry that a tree's builder made and a walk therefore has to see. */
export class Planted {
  readonly parent: Planted | null;
  readonly name: Buffer;
  /** Of a directory; null of everything else. */
  readonly children: Planted[] | null;

  constructor(parent: Planted | null, name: Buffer, isDirectory: boolean) {
    this.parent = parent;
    this.name = name;
    this.children = isDirectory ? [] : null;
  }

  add(name: Buffer, isDirectory: boolean): Planted {
    const child = new Planted(this, name, isDirectory);
    this.children?.push(child);
    return child;
  }
}
