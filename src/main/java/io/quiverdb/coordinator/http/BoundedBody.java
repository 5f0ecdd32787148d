// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Passes an answer's body on, up to a bound. */
final class BoundedBody implements BodySubscriber<Sink> {
  private final int limit;
  private final long announced;
  private final Sink sink;
  private final CompletableFuture<Sink> body = new CompletableFuture<>();
  private long size;
  private Flow.@Nullable Subscription source;

  /**
   * A body that has yet to come.
   *
   * @param limit in bytes
   * @param announced the length by the header; negative: it does not say
   */
  BoundedBody(int limit, long announced, Sink sink) {
    this.limit = limit;
    this.announced = announced;
    this.sink = sink;
  }

  @Override
  public CompletionStage<Sink> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    if (announced > limit) {
      end(new TooLargeException(limit));
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (body.isDone()) {
        return;
      }
      size += buffer.remaining();
      if (size > limit) {
        end(new TooLargeException(limit));
        return;
      }
      try {
        sink.take(buffer);
      } catch (IOException | RuntimeException e) {
        end(e);
      }
    }
  }

  private void end(Exception failure) {
    body.completeExceptionally(failure);
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
    body.complete(sink);
  }
}
