// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reads acknowledged writes back through any router, and records missing or old values.
 * Thread-safe.
 */
final class ReadBack {
  private final MemberCalls calls;
  private final List<URI> routers;
  private final String collection;
  private final List<Stale> stale = new ArrayList<>();
  private final List<String> unanswered = new ArrayList<>();
  private int answered;

  /**
   * A read that did not find the newest acknowledged value.
   *
   * @param begun when it was sent, by {@link System#nanoTime}
   */
  record Stale(long begun, String what) {}

  ReadBack(MemberCalls calls, List<URI> routers, String collection) {
    this.calls = calls;
    this.routers = List.copyOf(routers);
    this.collection = collection;
  }

  /**
   * Reads a key that no other client writes.
   *
   * @param value what was acknowledged last; empty: a delete
   */
  void look(String key, Optional<Long> value) {
    URI router = routers.get(ThreadLocalRandom.current().nextInt(routers.size()));
    long begun = System.nanoTime();
    MemberCalls.Answer answer =
        calls.get(router, "/v1/collections/" + collection + "/points/" + key);
    if (!answer.ok() && answer.status() != 404) {
      noteUnanswered(key + " through " + router + ": " + answer.told());
      return;
    }
    Optional<Long> found =
        answer.ok()
            ? Optional.of(answer.json().path("payload").path("v").asLong())
            : Optional.empty();
    note(
        found.equals(value)
            ? Optional.empty()
            : Optional.of(
                new Stale(
                    begun, key + " through " + router + ": " + found + " instead of " + value)));
  }

  private synchronized void note(Optional<Stale> read) {
    answered++;
    read.ifPresent(stale::add);
  }

  private synchronized void noteUnanswered(String read) {
    unanswered.add(read);
  }

  synchronized int answered() {
    return answered;
  }

  synchronized List<Stale> stale() {
    return List.copyOf(stale);
  }

  synchronized List<String> unanswered() {
    return List.copyOf(unanswered);
  }
}
