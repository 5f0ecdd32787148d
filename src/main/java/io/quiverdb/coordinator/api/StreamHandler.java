// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.HeadHandler;
import io.quiverdb.coordinator.api.http.Problems;
import io.quiverdb.coordinator.api.http.Query;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.stream.EventId;
import io.quiverdb.coordinator.api.stream.Streams;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers {@code GET /cluster/events} and {@code GET /cluster/map/watch} in front of the framework,
 * because its streams hold a thread for each slow client.
 */
final class StreamHandler extends Handler.Wrapper {
  private static final String EVENTS = "/cluster/events";
  private static final String MAPS = "/cluster/map/watch";
  private static final String SINCE = "since";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /** The routes that are answered here. */
  static final Routes ROUTES =
      (RouteTable routes) -> {
        routes.inFront(EVENTS, SINCE);
        routes.inFront(MAPS);
      };

  private final ApiContext node;
  private final Access access;
  private final Streams streams;

  StreamHandler(ApiContext node, Access access, Streams streams, Handler next) {
    super(next);
    this.node = node;
    this.access = access;
    this.streams = streams;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = String.valueOf(request.getHttpURI().getPath());
    if (!request.getMethod().equals("GET") || !(path.equals(EVENTS) || path.equals(MAPS))) {
      return super.handle(request, response, callback);
    }
    try {
      access.reader(request);
      if (path.equals(EVENTS)) {
        events(request, response, callback);
      } else {
        maps(request, response, callback);
      }
      node.recorder().answered("GET", path, 200);
    } catch (ApiException e) {
      node.recorder()
          .answered("GET", path, Problems.write(response, callback, ErrorMapper.problem(e)));
    }
    return true;
  }

  private void events(Request request, Response response, Callback callback) {
    Map<String, String> query = Query.values(request.getHttpURI().getQuery(), Set.of(SINCE));
    // A browser repeats the query of its first request: the header is newer.
    Optional<EventId> since =
        lastEventId(request)
            .map(text -> place(LAST_EVENT_ID, text))
            .or(() -> Optional.ofNullable(query.get(SINCE)).map(text -> place(SINCE, text)));
    if (begins(request, response, callback)) {
      streams.events(sink(request, response, callback), since);
    }
  }

  private void maps(Request request, Response response, Callback callback) {
    Query.values(request.getHttpURI().getQuery(), Set.of());
    FreshnessGate.check(node);
    if (begins(request, response, callback)) {
      streams.maps(sink(request, response, callback), lastEventId(request));
    }
  }

  /** Keeps the header, because the key is checked again while the stream lasts. */
  private ResponseSink sink(Request request, Response response, Callback callback) {
    String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    return new ResponseSink(request, response, callback, () -> access.knows(authorization));
  }

  private static Optional<String> lastEventId(Request request) {
    return Optional.ofNullable(request.getHeaders().get(LAST_EVENT_ID)).filter(id -> !id.isEmpty());
  }

  private static EventId place(String name, String text) {
    return EventId.parse(text)
        .orElseThrow(
            () ->
                new ApiException(
                    Fault.BAD_REQUEST,
                    name + ": wanted a log index, or the id of an event as it came"));
  }

  /** Writes the head. This is the whole answer to a HEAD, which takes no place. */
  private boolean begins(Request request, Response response, Callback callback) {
    boolean head = HeadHandler.isHead(request);
    if (!head && !streams.admit()) {
      throw new ApiException(
          Fault.UNAVAILABLE,
          Streams.MAX_CLIENTS
              + " clients follow this member already, or it stops: ask another one");
    }
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    // nginx would keep events back until a buffer is full.
    headers.put("X-Accel-Buffering", "no");
    if (head) {
      callback.succeeded();
    }
    return !head;
  }
}
