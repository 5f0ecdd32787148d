// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.SlowConnectionReaper;
import io.quiverdb.coordinator.api.stream.Sink;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The answer to one request, as a stream. It takes no thread while nothing is sent. */
final class ResponseSink implements Sink {
  private final Request request;
  private final Response response;
  private final Callback answered;
  private final BooleanSupplier authorized;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param answered ends the request
   * @param authorized whether the client's key is still known; called on any thread
   */
  ResponseSink(Request request, Response response, Callback answered, BooleanSupplier authorized) {
    this.request = request;
    this.response = response;
    this.answered = answered;
    this.authorized = authorized;
    SlowConnectionReaper.spare(request);
  }

  @Override
  public void write(byte[] bytes, boolean last, Consumer<Boolean> done) {
    response.write(
        last,
        ByteBuffer.wrap(bytes),
        Callback.from(
            () -> {
              if (last) {
                end(answered::succeeded);
              }
              done.accept(true);
            },
            failure -> {
              end(() -> answered.failed(failure));
              done.accept(false);
            }));
  }

  @Override
  public boolean authorized() {
    return authorized.getAsBoolean();
  }

  /** The write that is under way fails, and ends the request. */
  @Override
  public void cut() {
    request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  private void end(Runnable how) {
    if (over.compareAndSet(false, true)) {
      SlowConnectionReaper.watch(request);
      how.run();
    }
  }
}
