package io.quiverdb.coordinator.shard;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * A request body that is not sent past a moment. A process that was stopped wakes up without
 * knowing that time went by: so every buffer looks at the clock before it leaves, and what is left
 * of the body never leaves. A shard acts on no body that is cut short.
 *
 * <p>Thread-safe, for one request.
 */
final class DeadlineBody implements HttpRequest.BodyPublisher {
  private static final int BUFFER_BYTES = 16 << 10;

  private final byte[] bytes;
  private final long untilNanos;
  private volatile boolean begun;
  private volatile boolean stopped;

  /**
   * A body.
   *
   * @param bytes not copied, so not to be written to; may be empty
   * @param untilNanos the moment, on the scale of {@link System#nanoTime}
   */
  DeadlineBody(byte[] bytes, long untilNanos) {
    this.bytes = bytes;
    this.untilNanos = untilNanos;
  }

  /** Whether some of it may have left; without a body, the request itself. */
  boolean begun() {
    return begun;
  }

  /** Whether the moment came first, so that the request did not leave as a whole. */
  boolean stopped() {
    return stopped;
  }

  /**
   * The client asks for it when the connection stands and the headers are about to leave: the last
   * chance to stop a request that has no body.
   */
  @Override
  public long contentLength() {
    if (isOver()) {
      throw late();
    }
    if (bytes.length == 0) {
      begun = true;
    }
    return bytes.length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(new Source(subscriber));
  }

  private boolean isOver() {
    if (System.nanoTime() - untilNanos >= 0) {
      stopped = true;
    }
    return stopped;
  }

  private static FencedException late() {
    return new FencedException("the time in which this node may change data is over");
  }

  private final class Source implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> sink;
    private long wanted;
    private boolean busy;
    private boolean over;
    private int sent;

    Source(Flow.Subscriber<? super ByteBuffer> sink) {
      this.sink = sink;
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        cancel();
        sink.onError(new IllegalArgumentException("a demand of " + n));
        return;
      }
      synchronized (this) {
        wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
        if (busy) {
          return;
        }
        busy = true;
      }
      while (goesOn()) {
        next();
      }
    }

    private synchronized boolean goesOn() {
      busy = wanted > 0 && !over;
      wanted -= busy ? 1 : 0;
      return busy;
    }

    private void next() {
      if (isOver()) {
        cancel();
        sink.onError(late());
        return;
      }
      begun = true;
      int length = Math.min(BUFFER_BYTES, bytes.length - sent);
      ByteBuffer buffer = ByteBuffer.wrap(bytes, sent, length).slice().asReadOnlyBuffer();
      sent += length;
      sink.onNext(buffer);
      if (sent == bytes.length) {
        cancel();
        sink.onComplete();
      }
    }

    @Override
    public synchronized void cancel() {
      over = true;
    }
  }
}
