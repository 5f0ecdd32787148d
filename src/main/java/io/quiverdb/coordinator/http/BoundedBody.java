package io.quiverdb.coordinator.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects an answer's body, up to a bound, copying it once where its length was announced. */
final class BoundedBody implements BodySubscriber<byte[]> {
  private static final int FIRST_BYTES = 4 << 10;

  private final int limit;
  private final long announced;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private byte[] bytes;
  private int size;
  private Flow.@Nullable Subscription source;

  /**
   * A body that has yet to come.
   *
   * @param limit in bytes
   * @param announced the length by the header; negative: it does not say
   */
  BoundedBody(int limit, long announced) {
    this.limit = limit;
    this.announced = announced;
    this.bytes =
        new byte
            [announced < 0
                ? Math.min(FIRST_BYTES, limit)
                : announced > limit ? 0 : (int) announced];
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    if (announced > limit) {
      refuse();
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      int more = buffer.remaining();
      if (more > limit - size) {
        refuse();
        return;
      }
      if (more > bytes.length - size) {
        long doubled = Math.max(2L * bytes.length, size + (long) more);
        bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, limit));
      }
      buffer.get(bytes, size, more);
      size += more;
    }
  }

  private void refuse() {
    body.completeExceptionally(new TooLargeException(limit));
    bytes = new byte[0];
    Flow.Subscription subscription = source;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(size == bytes.length ? bytes : Arrays.copyOf(bytes, size));
  }
}
