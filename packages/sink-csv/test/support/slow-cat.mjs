// Copies standard input to standard output and takes its time.
for await (const chunk of process.stdin) {
  await new Promise((done) => setTimeout(done, 2));
  process.stdout.write(chunk);
}
