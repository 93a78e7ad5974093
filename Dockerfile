# syntax=docker/dockerfile:1
# The processes of docker-compose.yml, one target each. For both platforms (the server: once the lockfile has DuckDB for arm64):
#   docker buildx build --platform linux/arm64,linux/amd64 --target broker -t workers-harbor/broker .
# A station's box has an image of its own: gateway/deploy/Dockerfile.
ARG NODE_VERSION=26.10.0

# Packages are fetched on the builder's own platform; npm takes what is native (DuckDB, sharp, Argon2) for the image's.
FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The lockfile speaks of every workspace, so npm wants to see each of them.
COPY protocol/package.json protocol/
COPY broker/package.json broker/
COPY gateway/package.json gateway/
COPY server/package.json server/
COPY web/package.json web/
COPY node-red-flows/package.json node-red-flows/
COPY node-red-flows/nodes/package.json node-red-flows/nodes/
COPY simulators/package.json simulators/

# Pages are the same everywhere.
FROM manifests AS web
RUN npm ci --ignore-scripts --workspace @harbor/web
COPY tsconfig.base.json ./
COPY protocol/src protocol/src/
COPY web web/
RUN node web/build.ts

# The images bring their own Node; no package's script has to run.
FROM manifests AS for-target
ARG TARGETARCH
ENV npm_config_os=linux
ENV npm_config_libc=glibc
ENV npm_config_omit=dev
ENV npm_config_ignore_scripts=true
# npm says x64 where Docker says amd64.
RUN echo "cpu=$(echo "${TARGETARCH}" | sed s/amd64/x64/)" >> .npmrc

FROM for-target AS secrets-packages
RUN npm ci --workspace @harbor/protocol

FROM for-target AS broker-packages
RUN npm ci --workspace @harbor/broker

FROM for-target AS server-packages
RUN npm ci --workspace @harbor/server

FROM for-target AS node-red-packages
RUN npm ci --workspace @harbor/node-red-flows --workspace @harbor/node-red-nodes

FROM for-target AS demo-packages
RUN npm ci --workspace @harbor/gateway --workspace @harbor/simulators

FROM node:${NODE_VERSION}-slim AS process
WORKDIR /app
COPY package.json ./
COPY protocol/package.json protocol/
COPY protocol/src protocol/src/
# A new volume takes the owner of the folder that it is put over.
RUN install --directory --owner=node --group=node --mode=0700 /data /secrets /demo
ENV NODE_ENV=production
# What Node makes of the TypeScript sources, kept for the next start and for the health checks.
ENV NODE_COMPILE_CACHE=/data/.node-cache
USER node
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]

FROM process AS secrets
COPY --from=secrets-packages /app/node_modules node_modules/
COPY scripts/secrets.ts scripts/secrets-command.ts scripts/
ENTRYPOINT ["node", "scripts/secrets-command.ts"]

FROM process AS broker
COPY --from=broker-packages /app/node_modules node_modules/
COPY broker/package.json broker/
COPY broker/src broker/src/
EXPOSE 1883 8083
CMD ["broker/src/main.ts"]

FROM process AS server
COPY --from=server-packages /app/node_modules node_modules/
COPY --from=web /app/web/dist web/dist/
COPY server/package.json server/
COPY server/src server/src/
EXPOSE 8080
CMD ["server/src/main.ts"]

FROM process AS node-red
COPY --from=node-red-packages /app/node_modules node_modules/
COPY node-red-flows/package.json node-red-flows/
COPY node-red-flows/flows node-red-flows/flows/
COPY node-red-flows/src node-red-flows/src/
COPY node-red-flows/nodes/package.json node-red-flows/nodes/
COPY node-red-flows/nodes/palette node-red-flows/nodes/palette/
COPY node-red-flows/nodes/src node-red-flows/nodes/src/
EXPOSE 1880
CMD ["node-red-flows/src/main.ts"]

FROM process AS demo
COPY --from=demo-packages /app/node_modules node_modules/
COPY gateway/package.json gateway/
COPY gateway/src gateway/src/
COPY simulators/package.json simulators/
COPY simulators/fleet simulators/fleet/
COPY simulators/src simulators/src/
CMD ["simulators/src/main.ts"]
