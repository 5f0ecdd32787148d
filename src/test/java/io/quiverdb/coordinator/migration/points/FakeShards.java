// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.quiverdb.coordinator.dev.quiver.CollectionInfo;
import io.quiverdb.coordinator.dev.quiver.CollectionSchema;
import io.quiverdb.coordinator.dev.quiver.FloatVector;
import io.quiverdb.coordinator.dev.quiver.IndexKind;
import io.quiverdb.coordinator.dev.quiver.Metric;
import io.quiverdb.coordinator.dev.quiver.Point;
import io.quiverdb.coordinator.dev.quiver.QuiverError;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import io.quiverdb.coordinator.http.TooLargeException;
import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.shard.MalformedAnswerException;
import io.quiverdb.coordinator.shard.PageReader;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.RowReader;
import io.quiverdb.coordinator.shard.ShardApi;
import io.quiverdb.coordinator.shard.ShardCollection;
import io.quiverdb.coordinator.shard.ShardException;
import io.quiverdb.coordinator.shard.ShardException.Kind;
import io.quiverdb.coordinator.shard.ShardPage;
import io.quiverdb.coordinator.shard.WrittenSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * In-memory shards without HTTP. Each call costs time and is recorded. A hook may run before it
 * takes effect, after that, or instead.
 */
public final class FakeShards implements ShardApi {
  /** What is asked. */
  public enum Op {
    COLLECTIONS,
    FETCH,
    LIMIT,
    POINT,
    UPSERT,
    BULK,
    DELETE,
    ROLE,
    OTHER
  }

  /** One call; for a page, rows is its limit. */
  public record Call(Op op, String url, String collection, List<String> ids, int rows) {
    boolean is(Op wanted, String at) {
      return op == wanted && url.equals(at);
    }
  }

  /** Something that happens at a call. */
  public interface Hook {
    /** Before the shard sees it. */
    default void before(Call call) throws ShardException, InterruptedException {}

    /** When it has taken effect, before it is answered. */
    default void after(Call call) throws ShardException, InterruptedException {}
  }

  /** A hook that sees a call before its shard does. */
  public interface Before extends Hook {
    @Override
    void before(Call call) throws ShardException, InterruptedException;
  }

  private interface Work<T> {
    T run();
  }

  public final Map<String, ShardCore> cores = new TreeMap<>();
  public final List<Call> calls = new ArrayList<>();
  public final List<Hook> hooks = new ArrayList<>();
  private final Time time;
  public UnaryOperator<List<Row>> pages = rows -> rows;
  public int fetchLimit = 10_000;

  /** In bytes. */
  public long largestPage;

  /** So many points each collection says that it has besides. */
  public long countedMore;

  public Duration perRow = Duration.ofNanos(1_000);

  public FakeShards(Time time) {
    this.time = time;
  }

  public static ShardException failure(Kind kind, Call call) {
    return new ShardException(kind, call.url(), kind.name().toLowerCase(Locale.ROOT));
  }

  public void before(Before hook) {
    hooks.add(hook);
  }

  /** Fails calls as long as the condition holds. */
  public void fail(Kind kind, Predicate<Call> which) {
    before(
        call -> {
          if (which.test(call)) {
            throw failure(kind, call);
          }
        });
  }

  /** How many calls of a kind went to a shard. */
  public long count(Op op, String url) {
    return calls.stream().filter(call -> call.is(op, url)).count();
  }

  private <T> T call(Op op, String url, String collection, List<String> ids, int rows, Work<T> work)
      throws ShardException, InterruptedException {
    Call call = new Call(op, url, collection, List.copyOf(ids), rows);
    calls.add(call);
    time.sleep(perRow.multipliedBy(1 + ids.size()));
    for (Hook hook : List.copyOf(hooks)) {
      hook.before(call);
    }
    T answer;
    try {
      answer = work.run();
    } catch (QuiverError e) {
      throw new ShardException(kind(e.status()), url, e.detail());
    }
    for (Hook hook : List.copyOf(hooks)) {
      hook.after(call);
    }
    return answer;
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 400, 413, 422 -> Kind.REFUSED;
      case 403 -> Kind.FORBIDDEN;
      case 404 -> Kind.NO_COLLECTION;
      case 409 -> Kind.EXISTS;
      case 421 -> Kind.RAFT_FOLLOWER;
      default -> Kind.BROKEN;
    };
  }

  private ShardCore core(String url) {
    return cores.get(url);
  }

  @Override
  public List<ShardCollection> collections(String url) throws ShardException, InterruptedException {
    return call(
        Op.COLLECTIONS,
        url,
        "",
        List.of(),
        0,
        () -> core(url).collections().stream().map(info -> listed(info, countedMore)).toList());
  }

  public static ShardCollection listed(CollectionInfo info) {
    return listed(info, 0);
  }

  private static ShardCollection listed(CollectionInfo info, long more) {
    return new ShardCollection(
        info.schema().name(),
        info.count() + more,
        info.schema().index().name().toLowerCase(Locale.ROOT),
        info.schema().multivector(),
        Optional.of(info.indexReady()),
        info.schema().toString());
  }

  @Override
  public void create(String url, ShardCollection like, Optional<Boolean> binary)
      throws ShardException, InterruptedException {
    var unused =
        call(
            Op.OTHER,
            url,
            like.name(),
            List.of(),
            0,
            () -> {
              core(url).create(CollectionSchema.of(like.name(), 2, Metric.L2, IndexKind.HNSW));
              return true;
            });
  }

  @Override
  public boolean drop(String url, String collection) throws ShardException, InterruptedException {
    return call(Op.OTHER, url, collection, List.of(), 0, () -> core(url).drop(collection));
  }

  @Override
  public ShardPage fetch(
      String url, String collection, long offset, int limit, int maxBytes, Predicate<String> wanted)
      throws ShardException, InterruptedException {
    List<Row> page =
        call(
            Op.FETCH,
            url,
            collection,
            List.of(),
            limit,
            () ->
                pages.apply(
                    core(url).fetch(collection, offset, limit).stream()
                        .map(FakeShards::row)
                        .toList()));
    try {
      ShardPage read = PageReader.read(answer(page), maxBytes, wanted);
      largestPage = Math.max(largestPage, read.rows().stream().mapToLong(Row::size).sum());
      return read;
    } catch (TooLargeException e) {
      throw new ShardException(Kind.REFUSED, url, "the page is too long");
    } catch (IOException e) {
      throw new ShardException(Kind.BROKEN, url, "no page: " + e.getMessage());
    }
  }

  private static byte[] answer(List<Row> rows) throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.writeBytes("{\"points\":[".getBytes(StandardCharsets.UTF_8));
    for (Row row : rows) {
      if (json.size() > 11) {
        json.write(',');
      }
      row.writeTo(json);
    }
    json.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
    return json.toByteArray();
  }

  public static Row row(Point point) {
    String json =
        "{\"id\":\""
            + new String(JsonStringEncoder.getInstance().quoteAsString(point.id()))
            + "\",\"vector\":"
            + point.vector().text()
            + ",\"payload\":"
            + point.payload()
            + "}";
    try {
      return RowReader.point(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedAnswerException e) {
      throw new IllegalStateException(json, e);
    }
  }

  @Override
  public int fetchLimit(String url, String collection) throws ShardException, InterruptedException {
    return call(Op.LIMIT, url, collection, List.of(), 0, () -> fetchLimit);
  }

  @Override
  public Optional<Row> point(String url, String collection, String id)
      throws ShardException, InterruptedException {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("no point read can name the empty id");
    }
    return call(
        Op.POINT,
        url,
        collection,
        List.of(id),
        1,
        () -> core(url).point(collection, id).map(FakeShards::row));
  }

  @Override
  public void upsert(String url, String collection, List<Row> rows, Way way)
      throws ShardException, InterruptedException {
    List<String> ids = rows.stream().map(Row::id).toList();
    long unused =
        call(
            way == Way.BULK ? Op.BULK : Op.UPSERT,
            url,
            collection,
            ids,
            rows.size(),
            () ->
                core(url)
                    .upsert(
                        collection,
                        rows.stream().map(FakeShards::point).toList(),
                        way == Way.BULK));
  }

  public static Point point(Row row) {
    String[] numbers = row.vectorJson().replaceAll("[\\[\\]]", "").split(",");
    float[] floats = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      floats[i] = Float.parseFloat(numbers[i]);
    }
    return new Point(row.id(), FloatVector.of(floats), row.payloadJson());
  }

  @Override
  public void delete(String url, String collection, List<String> ids)
      throws ShardException, InterruptedException {
    long unused =
        call(Op.DELETE, url, collection, ids, ids.size(), () -> core(url).delete(collection, ids));
  }

  @Override
  public List<String> search(String url, String collection, Row near, int k, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public WrittenSnapshot snapshot(String url, String directory, Duration limit)
      throws ShardException, InterruptedException {
    return new WrittenSnapshot(
        call(Op.OTHER, url, "", List.of(), 0, () -> core(url).snapshot(directory)), 0, 0);
  }

  @Override
  public Role role(String url) throws ShardException, InterruptedException {
    return call(Op.ROLE, url, "", List.of(), 0, () -> Role.WRITABLE);
  }

  @Override
  public boolean healthy(String url) throws InterruptedException {
    try {
      return role(url) == Role.WRITABLE;
    } catch (ShardException e) {
      return false;
    }
  }
}
