package io.quiverdb.coordinator.cli.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final BoundedBody body = new BoundedBody(4);

  @Test
  void takesAsMuchAsTheBound() {
    feed(new byte[] {1, 2}, new byte[] {3, 4});
    body.onComplete();
    assertArrayEquals(new byte[] {1, 2, 3, 4}, result().join());
  }

  @Test
  void endsTheExchangePastTheBound() {
    feed(new byte[] {1, 2}, new byte[] {3, 4, 5});
    body.onComplete();
    CompletionException e = assertThrows(CompletionException.class, () -> result().join());
    assertEquals("the answer is longer than 4 bytes", e.getCause().getMessage());
    assertTrue(cancelled.get());
  }

  private CompletableFuture<byte[]> result() {
    return body.getBody().toCompletableFuture();
  }

  private void feed(byte[]... chunks) {
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {
            cancelled.set(true);
          }
        });
    for (byte[] chunk : chunks) {
      body.onNext(List.of(ByteBuffer.wrap(chunk)));
    }
  }
}
