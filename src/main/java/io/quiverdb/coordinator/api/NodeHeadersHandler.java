package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.consensus.AppliedState;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Says with every answer which member gives it, and how far that member is. */
final class NodeHeadersHandler extends Handler.Wrapper {
  private final Node node;
  private final HttpField nodeField;

  NodeHeadersHandler(Node node, Handler next) {
    super(next);
    this.node = node;
    this.nodeField = new PreEncodedHttpField(Headers.NODE, node.id());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    AppliedState applied = node.view().current();
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(nodeField);
    headers.put(Headers.TERM, Long.toString(node.leadership().current().term()));
    headers.put(Headers.APPLIED_INDEX, Long.toString(applied.index()));
    return super.handle(request, response, callback);
  }
}
