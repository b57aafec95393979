# The service alone: it needs a Postgres (DATABASE_URL, INDEXER_DATABASE_URL, API_DATABASE_URL, with KEY_PEPPER) and, for
# a real network, a node (STARKNET_RPC_URL). docs/how-to/database.md says which roles.
FROM node:24-slim AS build
WORKDIR /purser
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-slim
WORKDIR /purser
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY --from=build /purser/dist ./dist
COPY migrations/*.sql ./migrations/
COPY contracts/artifacts ./contracts/artifacts
# DATA_DIR, where the sandbox or the embedded database is used
RUN mkdir .purser && chown node:node .purser
USER node
EXPOSE 3000
ENTRYPOINT ["node", "dist/apps/cli/src/main.js"]
CMD ["start"]
