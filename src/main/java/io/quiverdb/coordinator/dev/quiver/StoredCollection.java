// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Found;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Match;
import io.quiverdb.coordinator.dev.quiver.SearchOutcome.Waiting;
import io.quiverdb.coordinator.model.Utf8Order;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** The points of one collection and its index. Not thread-safe. */
final class StoredCollection {
  private final CollectionSchema schema;
  private final IndexModel index;
  private final NavigableMap<String, Point> points = new TreeMap<>(Utf8Order.INSTANCE);

  StoredCollection(CollectionSchema schema, LongSupplier nanoClock, long buildNanosPerPoint) {
    this.schema = schema;
    this.index = new IndexModel(schema.index(), nanoClock, buildNanosPerPoint);
  }

  CollectionInfo info() {
    return new CollectionInfo(schema, points.size(), index.ready(points.size()));
  }

  void upsert(List<Point> batch, boolean bulk) {
    batch.forEach(this::check);
    for (Point point : batch) {
      points.put(point.id(), point);
      if (!bulk) {
        index.put(point.id(), point.vector());
      }
    }
    if (bulk) {
      index.bulkLoaded();
    }
  }

  private void check(Point point) {
    if (point.vector().dim() != schema.dim()) {
      throw QuiverError.badRequest(
          "invalid argument: vector has "
              + point.vector().dim()
              + " dims, collection expects "
              + schema.dim());
    }
  }

  long delete(List<String> ids) {
    long deleted = 0;
    for (String id : ids) {
      if (points.remove(id) != null) {
        index.delete(id);
        deleted++;
      }
    }
    return deleted;
  }

  Optional<Point> point(String id) {
    return Optional.ofNullable(points.get(id));
  }

  List<Point> fetch(long offset, long limit) {
    return points.values().stream().skip(offset).limit(limit).toList();
  }

  SearchOutcome search(SearchRequest request, boolean firstSearchWaits) {
    if (request.vector().dim() != schema.dim()) {
      throw QuiverError.badRequest(
          "vector has " + request.vector().dim() + " dims, index expects " + schema.dim());
    }
    Optional<Long> wait = index.search(points.size(), this::vectors, firstSearchWaits);
    if (wait.isPresent()) {
      return new Waiting(wait.get());
    }
    return new Found(
        nearest(request).stream().map(one -> match(one.id(), one.score(), request)).toList());
  }

  void searchesClosed() {
    index.searchesClosed();
  }

  private record Scored(String id, float score) {}

  /** The nearest first; only so many are kept as were asked for, however many there are. */
  private List<Scored> nearest(SearchRequest request) {
    Comparator<Scored> byScore = Comparator.comparing(Scored::score);
    Comparator<Scored> best =
        (schema.metric().higherIsBetter() ? byScore.reversed() : byScore)
            .thenComparing(Scored::id, Utf8Order.INSTANCE);
    PriorityQueue<Scored> kept = new PriorityQueue<>(best.reversed());
    index
        .visible()
        .forEach(
            (id, vector) -> {
              kept.add(new Scored(id, schema.metric().score(request.vector(), vector)));
              if (kept.size() > request.k()) {
                kept.remove();
              }
            });
    return kept.stream().sorted(best).toList();
  }

  private Match match(String id, float score, SearchRequest request) {
    Optional<Point> live = point(id);
    return new Match(
        id,
        score,
        live.filter(point -> request.withPayload()).map(Point::payload),
        live.filter(point -> request.withVector()).map(Point::vector));
  }

  private Map<String, FloatVector> vectors() {
    Map<String, FloatVector> vectors = new LinkedHashMap<>();
    points.forEach((id, point) -> vectors.put(id, point.vector()));
    return vectors;
  }
}
