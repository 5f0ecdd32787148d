// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.ErrorMapper;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.HeadHandler;
import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.http.Problem;
import io.quiverdb.coordinator.api.http.Problems;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.FreshnessGate;
import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.consensus.AppliedState;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers {@code GET /cluster/map} without parameters in front of the framework, because every
 * router polls it every two seconds. {@link MapRoutes} answers the same path with parameters; both
 * write a {@link MapResponseCache.Rendered}. This handler takes no lock and asks no other member.
 * It answers with the applied state if the proven age of that is within the bound. A request that
 * may be a router's poll is held before a flip; HEAD, or a known version, shows that it is none.
 */
final class MapHandler extends Handler.Wrapper {
  static final String PATH = "/cluster/map";
  private static final HttpField JSON =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, Responses.JSON);

  private final ApiContext node;
  private final Access access;
  private final MapResponseCache maps;
  private final HeldPolls polls;

  MapHandler(ApiContext node, Access access, MapResponseCache maps, HeldPolls polls, Handler next) {
    super(next);
    this.node = node;
    this.access = access;
    this.maps = maps;
    this.polls = polls;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!request.getMethod().equals("GET")
        || !PATH.equals(request.getHttpURI().getPath())
        || request.getHttpURI().getQuery() != null) {
      return super.handle(request, response, callback);
    }
    HttpFields headers = request.getHeaders();
    if (!access.mayPoll(headers.get(HttpHeader.AUTHORIZATION))) {
      node.recorder().mapServed(Problems.write(response, callback, refusal(headers)));
      return true;
    }
    CompletableFuture<Void> held =
        HeadHandler.isHead(request) || headers.contains(HttpHeader.IF_NONE_MATCH)
            ? HeldPolls.FREE
            : polls.hold();
    if (held.isDone()) {
      answer(headers, response, callback);
    } else {
      var unused =
          held.thenRun(() -> answer(headers, response, callback))
              .exceptionally(
                  failure -> {
                    callback.failed(failure);
                    return null;
                  });
    }
    return true;
  }

  private void answer(HttpFields headers, Response response, Callback callback) {
    // The proof first: a state that is read after it is no older, even if this process pauses
    // between.
    boolean fresh = node.fresh();
    AppliedState applied = node.view().current();
    if (!fresh || !applied.state().bootstrapped()) {
      node.recorder().mapServed(Problems.write(response, callback, refusal(headers)));
      return;
    }
    MapResponseCache.Rendered map = maps.of(applied.state().map());
    HttpFields.Mutable answer = response.getHeaders();
    answer.put(HttpHeader.ETAG, map.etag());
    answer.put(Headers.APPLIED_INDEX, Long.toString(applied.index()));
    if (map.isKnownTo(headers.get(HttpHeader.IF_NONE_MATCH))) {
      response.setStatus(304);
      node.recorder().mapServed(304);
      response.write(true, null, callback);
      return;
    }
    answer.put(JSON);
    answer.put(HttpHeader.CONTENT_LENGTH, map.bytes().length);
    node.recorder().mapServed(200);
    response.write(true, ByteBuffer.wrap(map.bytes()), callback);
  }

  private Problem refusal(HttpFields headers) {
    try {
      access.authenticated(headers.get(HttpHeader.AUTHORIZATION));
      FreshnessGate.check(node);
      return ErrorMapper.fault(Fault.UNAVAILABLE, "the map has just become available", Map.of());
    } catch (ApiException e) {
      return ErrorMapper.problem(e);
    }
  }
}
