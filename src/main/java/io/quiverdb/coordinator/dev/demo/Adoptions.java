// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Polls the map of each router every few milliseconds, and records when it changes. Polls the
 * readiness of each member, and records when it is not ready. Thread-safe.
 */
final class Adoptions implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(10);
  private static final Duration READY_EVERY = Duration.ofMillis(100);

  private final MemberCalls calls;
  private final List<URI> routers;
  private final ExecutorService threads;
  private final Map<URI, NavigableMap<Long, Adoption>> seen = new HashMap<>();
  private final List<Future<?>> running = new ArrayList<>();
  private final List<Long> unready = new ArrayList<>();

  private Adoptions(MemberCalls calls, List<URI> routers) {
    this.calls = calls;
    this.routers = List.copyOf(routers);
    this.threads = Executors.newCachedThreadPool();
  }

  /** Starts to poll. */
  static Adoptions watch(MemberCalls calls, List<URI> routers, List<URI> members) {
    Adoptions watching = new Adoptions(calls, routers);
    for (URI router : routers) {
      watching.running.add(watching.threads.submit(() -> watching.ask(router)));
    }
    for (URI member : members) {
      watching.running.add(watching.threads.submit(() -> watching.askReady(member)));
    }
    return watching;
  }

  /** Until it is interrupted. */
  private Void ask(URI router) throws InterruptedException {
    long before = System.nanoTime();
    while (true) {
      long asked = System.nanoTime();
      MemberCalls.Answer answer = calls.get(router, "/cluster/map");
      if (answer.ok()) {
        note(router, answer.json().path("version").asLong(), before, System.nanoTime());
        before = asked;
      }
      Thread.sleep(EVERY.toMillis());
    }
  }

  /** Until it is interrupted. */
  private Void askReady(URI member) throws InterruptedException {
    while (true) {
      if (!calls.get(member, "/readyz").ok()) {
        noteUnready(System.nanoTime());
      }
      Thread.sleep(READY_EVERY.toMillis());
    }
  }

  private synchronized void noteUnready(long nanos) {
    unready.add(nanos);
  }

  /** Whether all members were ready in all polls between these two times. */
  synchronized boolean ready(long from, long to) {
    return unready.stream().noneMatch(when -> when - from >= 0 && when - to <= 0);
  }

  private synchronized void note(URI router, long version, long after, long by) {
    of(router).putIfAbsent(version, new Adoption(router, after, by));
  }

  private NavigableMap<Long, Adoption> of(URI router) {
    return seen.computeIfAbsent(router, unseen -> new TreeMap<>());
  }

  /** When each router adopted this version or a later one; without routers that have not yet. */
  synchronized List<Adoption> of(long version) {
    List<Adoption> adopted = new ArrayList<>();
    for (URI router : routers) {
      Map.Entry<Long, Adoption> first = of(router).ceilingEntry(version);
      if (first != null) {
        adopted.add(first.getValue());
      }
    }
    return adopted;
  }

  @Override
  public void close() {
    running.forEach(asking -> asking.cancel(true));
    threads.shutdownNow();
  }
}
