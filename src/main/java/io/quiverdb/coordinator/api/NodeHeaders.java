// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.http.Headers;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.consensus.AppliedState;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;

/** What every answer says: which member gives it, and how far that member is. */
final class NodeHeaders {
  private final ApiContext node;
  private final HttpField nodeField;

  NodeHeaders(ApiContext node) {
    this.node = node;
    this.nodeField = new PreEncodedHttpField(Headers.NODE, node.id());
  }

  void write(Response response) {
    AppliedState applied = node.view().current();
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(nodeField);
    headers.put(Headers.TERM, Long.toString(node.leadership().current().term()));
    headers.put(Headers.APPLIED_INDEX, Long.toString(applied.index()));
  }
}
