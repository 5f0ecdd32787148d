# Quiver itself, for the shards and routers of compose.yaml: it publishes no image, so this builds its crate.
FROM rust:1-bookworm AS build
ARG QUIVER_VERSION=1.1.0
RUN cargo install quiverdb-cli --version "${QUIVER_VERSION}" --locked --root /quiver

FROM debian:bookworm-slim
COPY --from=build /quiver/bin/quiver /usr/local/bin/quiver
RUN install -d -m 0750 -o 65532 -g 65532 /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 6333 6334
ENTRYPOINT ["quiver"]
CMD ["serve"]
