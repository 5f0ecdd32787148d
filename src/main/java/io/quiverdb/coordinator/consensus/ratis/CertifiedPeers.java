// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.tls.CertificateNames;
import io.quiverdb.coordinator.tls.RenewableTls;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a member speak for itself only: its certificate must name the host of the Raft address of
 * the member that a request says it is from. TLS alone would take any certificate of the CA for any
 * member.
 */
final class CertifiedPeers implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CertifiedPeers.class);

  private final RenewableTls tls;
  private final Function<String, Optional<String>> hosts;

  /**
   * A check.
   *
   * @param hosts of members, by the id under which they speak
   */
  CertifiedPeers(RenewableTls tls, Function<String, Optional<String>> hosts) {
    this.tls = tls;
    this.hosts = hosts;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    Optional<X509Certificate> shown = session == null ? Optional.empty() : tls.peer(session);
    if (shown.isEmpty()) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("no certificate that this member trusts"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return new Checked<>(call, next.startCall(call, headers), shown.get());
  }

  /** Checks each message of a call, because one stream may carry messages of different members. */
  private final class Checked<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, A> call;
    private final X509Certificate certificate;
    private String proven = "";
    private boolean refused;

    Checked(ServerCall<Q, A> call, ServerCall.Listener<Q> next, X509Certificate certificate) {
      super(next);
      this.call = call;
      this.certificate = certificate;
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      String claimed = requestor(message);
      if (!claimed.equals(proven) && !names(claimed)) {
        refused = true;
        LOG.warn(
            "refused over Raft: a certificate of {} speaks as member {}, whose host it does not name",
            certificate.getSubjectX500Principal(),
            claimed);
        call.close(
            Status.PERMISSION_DENIED.withDescription(
                "the certificate does not name the host of member " + claimed),
            new Metadata());
        return;
      }
      proven = claimed;
      super.onMessage(message);
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    private boolean names(String claimed) {
      return hosts
          .apply(claimed)
          .filter(host -> CertificateNames.name(certificate, host))
          .isPresent();
    }
  }

  /** The member that a message names as its sender; empty if it names none. */
  private static String requestor(Object message) {
    if (message instanceof AppendEntriesRequestProto append) {
      return id(append.getServerRequest());
    }
    if (message instanceof RequestVoteRequestProto vote) {
      return id(vote.getServerRequest());
    }
    if (message instanceof InstallSnapshotRequestProto snapshot) {
      return id(snapshot.getServerRequest());
    }
    if (message instanceof ReadIndexRequestProto read) {
      return id(read.getServerRequest());
    }
    return message instanceof StartLeaderElectionRequestProto election
        ? id(election.getServerRequest())
        : "";
  }

  private static String id(RaftRpcRequestProto request) {
    return request.getRequestorId().toStringUtf8();
  }
}
