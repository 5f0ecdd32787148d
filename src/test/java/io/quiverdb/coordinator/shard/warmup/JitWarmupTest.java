// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.shard.warmup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.shard.PageReader;
import io.quiverdb.coordinator.shard.PointsBody;
import io.quiverdb.coordinator.shard.Row;
import io.quiverdb.coordinator.shard.ShardApi;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JitWarmupTest {
  private static final Duration ENOUGH = Duration.ofSeconds(3);

  @Test
  void everyKindOfPointComesThrough() throws Exception {
    List<Row> rows = rows(WarmupPage.bytes());
    List<Row> copies = rows(PointsBody.of(rows));
    assertEquals(WarmupPage.ROWS, rows.size());
    assertEquals(rows.stream().map(Row::id).toList(), copies.stream().map(Row::id).toList());
    for (int i = 0; i < rows.size(); i++) {
      assertTrue(rows.get(i).sameContent(copies.get(i)), rows.get(i).id());
    }
  }

  private static List<Row> rows(byte[] page) throws Exception {
    return PageReader.read(page, ShardApi.PAGE_BYTES, id -> true).rows();
  }

  /** It throws if the vector or the payload of a row does not come through as it was. */
  @Test
  void copiesWhileThereIsTime() throws Exception {
    assertTrue(JitWarmup.run(ENOUGH) > 0);
  }

  @Test
  void endsWithTheWaitThatItIsBeside() throws Exception {
    assertEquals(0, JitWarmup.run(Duration.ZERO));
  }

  @Test
  void endsWhenItIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> JitWarmup.run(ENOUGH));
  }

  @Test
  void itsShardLetsItsCallerGoWhenItIsClosed() throws Exception {
    try (Socket caller = new Socket()) {
      try (WarmupShard shard = new WarmupShard()) {
        caller.connect(new InetSocketAddress("127.0.0.1", URI.create(shard.url()).getPort()));
        caller.getOutputStream().write("POST /x/fetch HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        assertEquals('H', caller.getInputStream().read());
      }
      caller.setSoTimeout(5_000);
      caller.getInputStream().readAllBytes();
    }
  }
}
