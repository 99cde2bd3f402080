// The official JavaScript client's client side, unmodified, lives with the server at process.argv[2].

const assert = require('node:assert/strict')
const { VoucherifyClientSide } = require('@voucherify/sdk')

const [apiUrl, clientApplicationId, clientSecretKey, origin, campaign, code] = process.argv.slice(2)

function clientAt(address) {
  const customHeaders = { 'X-Forwarded-For': address } // what it asks is counted apart from what browsers ask
  return VoucherifyClientSide({ apiUrl, clientApplicationId, clientSecretKey, origin, customHeaders })
}

async function registered(patron) {
  const made = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Grace', metadata: { vip: true } })
  assert.match(made.id, /^cust_/)
  assert.deepEqual([made.source_id, made.name, made.metadata], ['grace@example.com', 'Grace', { vip: true }])
  const again = await patron.createCustomer({ source_id: 'grace@example.com', name: 'Eve' })
  assert.deepEqual([again.id, again.name], [made.id, undefined])
  await assert.rejects(patron.createCustomer({ source_id: 'x' }, true), { code: 400, key: 'invalid_header' })
}

async function consented(patron) {
  const { consents } = await patron.listConsents()
  assert.equal(consents.total, consents.data.length)
  await patron.updateConsents('grace@example.com', { unsubscribed: true })
  await assert.rejects(patron.updateConsents('grace@example.com', {}), { code: 400, key: 'invalid_payload' })
}

async function published(campaign) {
  const patron = clientAt('198.51.100.11')
  patron.setIdentity('grace@example.com')
  const told = await patron.publish(campaign)
  assert.deepEqual([told.result, told.voucher.campaign, told.channel], ['SUCCESS', campaign, 'Voucherify.js'])
  const again = await patron.publish(campaign, {}, { join_once: true })
  assert.deepEqual([again.id, again.voucher.code], [told.id, told.voucher.code])
  await assert.rejects(patron.publish(campaign), { code: 400, key: 'no_voucher_suitable_for_publication' })
}

async function redeemed(code) {
  const patron = clientAt('198.51.100.12')
  patron.setIdentity('grace@example.com')
  const redeemables = [{ object: 'voucher', id: code }]
  const told = await patron.redeemStackable({ redeemables, order: { amount: 1000 } })
  assert.deepEqual([told.redemptions[0].voucher.code, told.order.total_amount], [code, 900])
  const one = await patron.redeem(code, { order: { amount: 100 } })
  assert.deepEqual([one.result, one.voucher.code], ['SUCCESS', code])
}

async function main() {
  await registered(clientAt('198.51.100.9'))
  await consented(clientAt('198.51.100.10'))
  await published(campaign)
  await redeemed(code)
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
