// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Models the index of one collection, which may differ from the points of the collection.
 *
 * <p>While it is current, changes are applied in place, as far as its kind supports that. Another
 * change makes it stale: it then stays unchanged until a search triggers a build, which installs
 * the points as they were when it began. A build takes the configured time of the given clock; the
 * first call after its end installs it.
 *
 * <p>Not modelled: recall below one. Not thread-safe.
 */
final class IndexModel {
  /** A kind that counts changes goes stale at one in five. */
  private static final int STALE_AT = 5;

  private record Build(Map<String, FloatVector> points, long end) {}

  private final IndexKind kind;
  private final LongSupplier nanoClock;
  private final long buildNanosPerPoint;

  private Map<String, FloatVector> known = new LinkedHashMap<>();
  private final Set<String> tombstones = new HashSet<>();
  private int builtFrom;
  private int changes;
  private boolean trained;
  private boolean stale;
  private boolean everBuilt;
  private boolean searchWaits;
  private boolean changedDuringBuild;
  private Optional<Build> build = Optional.empty();

  IndexModel(IndexKind kind, LongSupplier nanoClock, long buildNanosPerPoint) {
    this.kind = kind;
    this.nanoClock = nanoClock;
    this.buildNanosPerPoint = buildNanosPerPoint;
    this.trained = kind == IndexKind.HNSW;
  }

  /** A point was inserted or overwritten, one request at a time. */
  void put(String id, FloatVector vector) {
    beforeChange();
    if (stale) {
      return;
    }
    if (!trained || (kind == IndexKind.HNSW && known.containsKey(id))) {
      stale = true;
      return;
    }
    boolean overwritten = known.put(id, vector) != null;
    count(overwritten ? 2 : 1);
  }

  /** A point was deleted. */
  void delete(String id) {
    beforeChange();
    if (stale || !known.containsKey(id)) {
      return;
    }
    if (kind == IndexKind.HNSW) {
      tombstones.add(id);
      stale = tombstones.size() * STALE_AT >= known.size();
    } else {
      known.remove(id);
      count(1);
    }
  }

  /** Points were bulk-loaded, which does not update the index, even for an empty load. */
  void bulkLoaded() {
    beforeChange();
    stale = true;
  }

  private void count(int more) {
    if (kind == IndexKind.VAMANA || kind == IndexKind.DISK_VAMANA) {
      changes += more;
      stale = changes * STALE_AT >= builtFrom;
    }
  }

  private void beforeChange() {
    install();
    changedDuringBuild |= build.isPresent();
  }

  /** Whether a collection of {@code count} points calls its index ready. */
  boolean ready(int count) {
    install();
    return !stale || everBuilt || count == 0;
  }

  /**
   * Triggers a build if the index is stale and no build runs.
   *
   * @param count how many points the collection has
   * @param live those points, a copy; asked for only if a build begins
   * @param firstSearchWaits whether a search on what was never built waits
   * @return empty if the search is to be answered from {@link #visible}; else how long to wait, ns
   */
  Optional<Long> search(
      int count, Supplier<Map<String, FloatVector>> live, boolean firstSearchWaits) {
    install();
    if (!stale) {
      searchWaits = false;
      return Optional.empty();
    }
    if (build.isEmpty()) {
      long end = nanoClock.getAsLong() + count * buildNanosPerPoint;
      build = Optional.of(new Build(live.get(), end));
      changedDuringBuild = false;
    }
    searchWaits |= firstSearchWaits && !everBuilt && count > 0;
    return searchWaits
        ? build.map(running -> Math.max(0, running.end() - nanoClock.getAsLong()))
        : Optional.empty();
  }

  /**
   * The callers of all waiting searches have disconnected. Before the first build has ended, this
   * discards the build; afterwards no search waits any more.
   */
  void searchesClosed() {
    install();
    if (searchWaits && !everBuilt) {
      build = Optional.empty();
    }
    searchWaits = false;
  }

  /** The points that a search can find, with the vectors it finds them by. */
  Map<String, FloatVector> visible() {
    if (tombstones.isEmpty()) {
      return Collections.unmodifiableMap(known);
    }
    Map<String, FloatVector> visible = new LinkedHashMap<>(known);
    visible.keySet().removeAll(tombstones);
    return visible;
  }

  private void install() {
    if (build.isEmpty() || nanoClock.getAsLong() - build.get().end() < 0) {
      return;
    }
    known = build.get().points();
    build = Optional.empty();
    tombstones.clear();
    changes = 0;
    builtFrom = known.size();
    // Centroids cannot be found in nothing.
    trained = kind != IndexKind.IVF || builtFrom > 0;
    everBuilt = true;
    stale = changedDuringBuild;
    changedDuringBuild = false;
  }
}
