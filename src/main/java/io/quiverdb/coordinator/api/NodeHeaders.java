// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.consensus.AppliedState;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;

/**
 * The headers of every answer: the answering member and its progress. Also, as in Quiver's servers,
 * headers that forbid browsers to guess the type or to show the answer in another site's page.
 */
final class NodeHeaders {
  private static final HttpField NO_SNIFFING =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
  private static final HttpField SAME_ORIGIN =
      new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin");

  private final ApiContext node;
  private final HttpField nodeField;

  NodeHeaders(ApiContext node) {
    this.node = node;
    this.nodeField = new PreEncodedHttpField(Headers.NODE, node.id());
  }

  void write(Response response) {
    AppliedState applied = node.view().current();
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(NO_SNIFFING);
    headers.put(SAME_ORIGIN);
    headers.put(nodeField);
    headers.put(Headers.TERM, Long.toString(node.leadership().current().term()));
    headers.put(Headers.APPLIED_INDEX, Long.toString(applied.index()));
  }
}
