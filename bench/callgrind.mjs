// Reads what `valgrind --tool=callgrind --compress-strings=no --compress-pos=no` has written.
// Source: https://valgrind.org/docs/manual/cl-format.html

/**
 * What was executed of one object, a program or a library: instructions of its own functions, and calls from
 * them into other objects.
 * @returns {{ instructions: number, calls: number }}
 */
export function readProfile(text, object) {
  let instructions = 0;
  let calls = 0;
  let current = '';
  // A call is described by up to three lines and `calls=`; the line after that has the callee's cost.
  let callee = null;
  let isCalleesCost = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('ob=')) {
      current = line.slice(3);
    } else if (line.startsWith('cob=')) {
      callee = line.slice(4);
    } else if (line.startsWith('calls=')) {
      if (current === object && (callee ?? current) !== object)
        calls += parseInt(line.slice(6), 10);
      callee = null;
      isCalleesCost = true;
    } else if (/^\d/.test(line)) {
      if (!isCalleesCost && current === object) instructions += Number(line.split(' ')[1] ?? 0);
      isCalleesCost = false;
    }
  }
  return { instructions, calls };
}
