// The few parts of RxJS that the engine is made of, by the paths its package exports them under: the
// whole package takes 50 to 80 ms to load, these take 5. They are the same classes and functions, so
// Observables made here work with every operator a user imports from 'rxjs'.
export { Observable } from 'rxjs/internal/Observable';
export { catchError } from 'rxjs/internal/operators/catchError';
export { filter } from 'rxjs/internal/operators/filter';
export { tap } from 'rxjs/internal/operators/tap';
export type { Subscriber } from 'rxjs/internal/Subscriber';
export { Subscription } from 'rxjs/internal/Subscription';
export { pipe } from 'rxjs/internal/util/pipe';
