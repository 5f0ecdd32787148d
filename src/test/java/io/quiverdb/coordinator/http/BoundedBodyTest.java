// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A body comes through whole, whatever its length, or not at all. */
class BoundedBodyTest {
  private final Random random = new Random(1);

  private static final class Source implements Flow.Subscription {
    private boolean asked;
    private boolean cancelled;

    @Override
    public void request(long n) {
      asked = true;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private static final Sink FAILING =
      more -> {
        throw new IOException("full");
      };

  private CompletableFuture<Sink> fed(BoundedBody body, Source source, byte[] bytes) {
    body.onSubscribe(source);
    int at = 0;
    while (at < bytes.length && !source.cancelled) {
      int next = Math.min(bytes.length, at + 1 + random.nextInt(7_000));
      body.onNext(List.of(ByteBuffer.wrap(bytes, at, next - at)));
      at = next;
    }
    if (!source.cancelled) {
      body.onComplete();
    }
    return body.getBody().toCompletableFuture();
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void aBodyComesBackWhole() {
    for (int size : new int[] {0, 1, 4_095, 4_096, 4_097, 50_000, 99_999, 100_000}) {
      byte[] sent = bytes(size);
      for (long announced : new long[] {-1, size, 0, 100_000}) {
        Collector collector = new Collector(announced);
        fed(new BoundedBody(100_000, announced, collector), new Source(), sent).join();
        assertArrayEquals(sent, collector.bytes());
      }
    }
  }

  @Test
  void aBodyOverTheLimitIsRefused() {
    for (long announced : new long[] {-1, 7, 100_000}) {
      Source source = new Source();
      CompletableFuture<Sink> body =
          fed(
              new BoundedBody(100_000, announced, new Collector(announced)),
              source,
              bytes(100_001));
      Throwable failure = assertThrows(CompletionException.class, body::join).getCause();
      assertInstanceOf(TooLargeException.class, failure);
      assertTrue(source.cancelled);
    }
  }

  @Test
  void aBodyThatIsAnnouncedTooLargeIsNotReadAtAll() {
    Source source = new Source();
    CompletableFuture<Sink> body =
        fed(new BoundedBody(10, Long.MAX_VALUE, new Collector(0)), source, bytes(0));
    assertTrue(body.isCompletedExceptionally());
    assertFalse(source.asked);
  }

  @Test
  void aSinkThatFailsEndsTheExchange() {
    Source source = new Source();
    CompletableFuture<Sink> body = fed(new BoundedBody(10, 5, FAILING), source, bytes(5));
    Throwable failure = assertThrows(CompletionException.class, body::join).getCause();
    assertInstanceOf(IOException.class, failure);
    assertTrue(source.cancelled);
  }
}
