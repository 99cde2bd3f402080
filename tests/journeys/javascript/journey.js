// The official JavaScript client, unmodified, lives with the server at process.argv[2].
// Prints each request with its answer as a line of JSON; ends with an error where something is not as expected.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { VoucherifyServerSide } = require('@voucherify/sdk')

const [url, applicationId, secretKey] = process.argv.slice(2)
const patron = VoucherifyServerSide({ applicationId, secretKey, apiUrl: url, exposeErrorCause: true })

function tell(answer) {
  const { method, url: path } = answer.config
  console.log(JSON.stringify({ method: method.toUpperCase(), path, status: answer.status, body: answer.data || null }))
}

patron.customers.client.request.interceptors.response.use(
  answer => (tell(answer), answer),
  error => (tell(error.cause.response), Promise.reject(error)), // the client has made its own error of it by now
)

async function createdFoundChangedAndDeleted() {
  const made = await patron.customers.create({
    source_id: 'grace@example.com',
    name: 'Grace',
    address: { city: 'New York', country: 'US' },
    metadata: { vip: true, visits: 3 },
  })
  assert.match(made.id, /^cust_/)
  assert.deepEqual(await patron.customers.get(made.id), made)
  assert.deepEqual(await patron.customers.get('grace@example.com'), made)
  const changed = await patron.customers.update({ id: made.id, name: 'Grace Hopper', metadata: { visits: 4 } })
  assert.deepEqual(changed.metadata, { vip: true, visits: 4 })
  const again = await patron.customers.update({ source_id: 'grace@example.com', address: { city: null } })
  assert.equal(again.id, made.id)
  assert.deepEqual([again.name, again.address.city, again.address.country], ['Grace Hopper', null, 'US'])
  const upserted = await patron.customers.create({ source_id: 'grace@example.com', phone: '1' })
  assert.deepEqual([upserted.id, upserted.name, upserted.phone], [made.id, 'Grace Hopper', '1'])
  await patron.customers.delete('grace@example.com')
  await assert.rejects(patron.customers.get(made.id), { code: 404, key: 'not_found' })
}

async function deletedPermanently() {
  const made = await patron.customers.create({ source_id: 'forget-me', name: 'Grace' })
  const erased = await patron.customers.deletePermanently('forget-me')
  assert.deepEqual([erased.related_object_id, erased.status, erased.data_json.customer], [made.id, 'DONE', 1])
  await assert.rejects(patron.customers.deletePermanently(made.id), { code: 404, key: 'not_found' })
}

async function anyCharacterInASourceId() {
  for (const source_id of ['a/b', 'a b+c', '100%', 'ü-🎁', 'a?b=c&d#e', 'a%2Fb']) {
    const made = await patron.customers.create({ source_id })
    assert.equal((await patron.customers.get(source_id)).id, made.id)
    assert.equal((await patron.customers.update({ source_id, name: 'found' })).id, made.id)
    await patron.customers.delete(source_id)
  }
}

async function listsAndScrolls() {
  const total = 130
  for (let n = 0; n < total; n++) {
    await patron.customers.create({ source_id: `list-${n}`, name: `Lister ${n % 2}`, email: 'list@example.com' })
    await new Promise(resolve => setTimeout(resolve, 2)) // scrolling goes by the millisecond of creation
  }
  const page = await patron.customers.list({ limit: 100, page: 2, email: 'list@example.com' })
  assert.deepEqual([page.customers.length, page.total], [30, total])
  const filtered = await patron.customers.list({ limit: 5, order: '-source_id', name: 'Lister 1' })
  assert.equal(filtered.total, total / 2)
  const none = await patron.customers.list({ created_at: { before: '2001-01-01' } })
  assert.equal(none.total, 0)
  for (const order of ['created_at', '-created_at']) {
    const seen = []
    for await (const customer of patron.customers.scroll({ order, limit: 50, email: 'list@example.com' })) {
      seen.push(customer.source_id)
    }
    assert.equal(seen.length, total)
    assert.equal(new Set(seen).size, total)
  }
}

async function consents() {
  const { groups, consents } = await patron.consents.list()
  assert.deepEqual([groups.data_ref, consents.data_ref], ['data', 'data'])
  assert.deepEqual([groups.total, consents.total], [groups.data.length, consents.data.length])
  const { id } = await patron.customers.create({ source_id: 'a/b@consents' })
  await patron.customers.updateConsents('a/b@consents', { unsubscribed: true })
  const { value, date } = (await patron.customers.get(id)).system_metadata.consents.unsubscribed
  assert.equal(value, true)
  assert.ok(Date.now() - new Date(date) < 60_000)
  await assert.rejects(patron.customers.updateConsents(id, {}), { code: 400, key: 'invalid_payload' })
  await assert.rejects(patron.customers.updateConsents(id, { cnst_x: true }), { code: 404, resource_id: 'cnst_x' })
  await assert.rejects(patron.customers.updateConsents('nobody', { unsubscribed: true }), { code: 404 })
}

async function eventsAndTheFeed() {
  const customer = { source_id: 'reviewer', name: 'Grace' }
  const told = await patron.events.create('review_left', { customer, metadata: { rating: 5 } })
  assert.deepEqual([told.object, told.type, told.customer.name], ['event', 'review_left', 'Grace'])
  const page = await patron.customers.listActivity('reviewer', { limit: 1, order: '-created_at' })
  assert.deepEqual([page.has_more, page.data[0].type], [true, 'customer.custom_event'])
  const rest = await patron.customers.listActivity('reviewer', { starting_after_id: page.more_starting_after })
  assert.deepEqual([rest.has_more, rest.data.map(each => each.type)], [false, ['customer.created']])
  const older = await patron.customers.listActivities('reviewer', { limit: 10, order: 'type' })
  assert.deepEqual([older.total, older.data[0].type], [2, 'customer.created'])
  await assert.rejects(patron.events.create('never_defined', { customer }), { code: 404, key: 'not_found' })
  await assert.rejects(patron.events.create('review_left', { customer }), {
    code: 400,
    key: 'metadata_validation_failed',
  })
}

async function ended(started) {
  for (;;) {
    const action = await patron.asyncActions.get(started.async_action_id)
    if (action.status === 'DONE' || action.status === 'FAILED') return action
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function bulkWorkAndImports() {
  const bulk = await ended(
    await patron.customers.updateInBulk([
      { source_id: 'bulk-1', name: 'One', metadata: { a: 1 } },
      { source_id: 'bulk-2', address: { city: 'Oslo' } },
    ]),
  )
  assert.deepEqual([bulk.type, bulk.operation_status, bulk.result.done_count], ['CUSTOMERS.BULK_UPDATE', 'SUCCESS', 2])
  const metadata = await ended(
    await patron.customers.updateMetadataInBulk({ source_ids: ['bulk-1', 'bulk-3'], metadata: { b: true } }),
  )
  assert.equal(metadata.result.done_count, 2)
  assert.deepEqual((await patron.customers.get('bulk-1')).metadata, { a: 1, b: true })
  const file = path.join(os.tmpdir(), `people-${process.pid}.csv`)
  fs.writeFileSync(file, 'Source_id,Name,City,tier\nbulk-1,Uno,Bergen,gold\nshort\n')
  const imported = await ended(await patron.customers.importCSV(file))
  fs.unlinkSync(file)
  assert.deepEqual([imported.result.done_count, imported.result.failed_count], [1, 1])
  assert.equal(imported.result.failed[0].row, 2)
  const replaced = await patron.customers.get('bulk-1')
  assert.deepEqual([replaced.name, replaced.address.city, replaced.metadata], ['Uno', 'Bergen', { tier: 'gold' }])
  const list = await patron.asyncActions.list({ limit: 2 })
  assert.deepEqual(list.async_actions.map(action => action.id), [imported.id, metadata.id])
  assert.equal(list.has_more, true)
}

async function fromFile(text, begin) {
  const file = path.join(os.tmpdir(), `patron-${process.pid}.csv`)
  fs.writeFileSync(file, text)
  const action = await ended(await begin(file))
  fs.unlinkSync(file)
  return action
}

async function vouchersInBulk() {
  const imported = await ended(
    await patron.vouchers.import([
      { code: 'BULK-1', type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 3000 }, category: 'First' },
      { code: 'BULK-2', type: 'GIFT_VOUCHER', gift: { amount: 10000 }, metadata: { unit: 'EUR' } },
    ]),
  )
  assert.deepEqual([imported.type, imported.result.done_count], ['VOUCHERS.IMPORT', 2])
  const csv = await fromFile('Code,Voucher Type,Value,Active\nBULK-1,,,FALSE\nBULK-3,GIFT_VOUCHER,50,\nshort\n', file =>
    patron.vouchers.importCSV(file),
  )
  assert.deepEqual([csv.type, csv.result.done_count, csv.result.failed[0].code], ['VOUCHERS.IMPORT_CSV', 2, 'short'])
  const known = await patron.vouchers.get('BULK-1')
  assert.deepEqual([known.active, known.category, known.discount.amount_off], [false, 'First', 3000])
  const bulk = await ended(await patron.vouchers.bulkUpdate([{ code: 'BULK-1', metadata: { a: 1 } }]))
  assert.deepEqual([bulk.type, bulk.result.done_count], ['VOUCHERS.BULK_UPDATE', 1])
  const params = { codes: ['BULK-1', 'BULK-2', 'nobody'], metadata: { lang: 'en' } }
  const metadata = await ended(await patron.vouchers.bulkUpdateMetadata(params))
  assert.deepEqual([metadata.result.done_count, metadata.result.errors[0].code], [2, 'nobody'])
  assert.deepEqual((await patron.vouchers.get('BULK-1')).metadata, { a: 1, lang: 'en' })
}

async function codesOfACampaign() {
  const campaign = await patron.campaigns.create({
    name: 'Brought codes',
    campaign_type: 'DISCOUNT_COUPONS',
    type: 'STATIC',
    vouchers_count: 0,
    voucher: { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 10 } },
  })
  const imported = await ended(
    await patron.campaigns.importVouchers(campaign.name, [{ code: 'BROUGHT-1', category: 'First' }, { code: 'BROUGHT-2' }]),
  )
  assert.deepEqual([imported.type, imported.result.done_count], ['CAMPAIGN.VOUCHERS_IMPORT', 2])
  const csv = await fromFile('Code,Active\nBROUGHT-1,FALSE\nBROUGHT-3,\n', file =>
    patron.campaigns.importVouchersCSV(campaign.id, file),
  )
  assert.deepEqual([csv.type, csv.result.done_count], ['CAMPAIGN.VOUCHERS_IMPORT_CSV', 2])
  const known = await patron.vouchers.get('BROUGHT-1')
  assert.deepEqual([known.campaign, known.active, known.discount.percent_off], ['Brought codes', false, 10])
}

async function orders() {
  const made = await patron.orders.create({
    source_id: 'a/b #1',
    status: 'PAID',
    customer: { source_id: 'orderer', name: 'Grace' },
    referrer: { source_id: 'friend' },
    items: [{ quantity: 2, price: 700, product: { name: 'Vase' } }],
    metadata: { channel: 'web' },
  })
  assert.match(made.id, /^ord_/)
  assert.deepEqual([made.amount, made.total_amount, made.items[0].subtotal_amount], [1400, 1400, 1400])
  assert.deepEqual(await patron.orders.get('a/b #1'), made)
  assert.equal((await patron.customers.get('orderer')).summary.orders.total_amount, 1400)
  const changed = await patron.orders.update({ source_id: 'a/b #1', discount_amount: 400 })
  assert.deepEqual([changed.id, changed.total_amount, changed.status], [made.id, 1000, 'PAID'])
  await patron.orders.update({ id: made.id, status: 'CANCELED' })
  assert.equal((await patron.customers.get('orderer')).summary.orders.total_count, 0)
  const imported = await ended(
    await patron.orders.import([{ source_id: 'imported', status: 'PAID', amount: 70, customer: { source_id: 'orderer' } }]),
  )
  assert.deepEqual([imported.type, imported.result.done_count], ['ORDERS.IMPORT', 1])
  assert.equal((await patron.customers.get('orderer')).summary.orders.last_order_amount, 70)
  const list = await patron.orders.list({ limit: 1, page: 2, order: 'created_at' })
  assert.deepEqual([list.total, list.orders[0].source_id], [2, 'imported'])
  await assert.rejects(patron.orders.get('ord_unknown'), { code: 404, key: 'not_found' })
}

async function vouchers() {
  const code = 'ü/10 off'
  const made = await patron.vouchers.create({
    code,
    type: 'DISCOUNT_VOUCHER',
    discount: { type: 'PERCENT', percent_off: 12.5, amount_limit: 500 },
    category: 'New',
    redemption: { quantity: 2 },
    metadata: { lang: 'en' },
  })
  assert.deepEqual([made.code, made.discount.percent_off, made.redemption.quantity], [code, 12.5, 2])
  assert.deepEqual(await patron.vouchers.get(made.id), made)
  await assert.rejects(patron.vouchers.create({ ...made, code }), { code: 409, key: 'duplicate_found' })
  const changed = await patron.vouchers.update({ code, additional_info: 'x', metadata: { n: 1 } })
  assert.deepEqual([changed.additional_info, changed.metadata], ['x', { lang: 'en', n: 1 }])
  assert.equal((await patron.vouchers.disable(code)).active, false)
  assert.equal((await patron.vouchers.enable(code)).active, true)
  const page = await patron.vouchers.list({ category: 'New', created_at: { after: '2001-01-01' }, ids: [made.id] })
  assert.deepEqual([page.total, page.vouchers[0].code], [1, code])
  const card = await patron.vouchers.create({ code: 'GIFT', type: 'GIFT_VOUCHER', gift: { amount: 1000 } })
  const moved = await patron.vouchers.balance.create('GIFT', { amount: -300 })
  assert.deepEqual([moved.balance, moved.total, moved.related_object.id], [700, 1000, card.id])
  const { data } = await patron.vouchers.listTransactions('GIFT', { order: 'id' })
  assert.deepEqual(data.map(each => each.type), ['CREDITS_ADDITION', 'CREDITS_REMOVAL'])
  await assert.rejects(patron.vouchers.balance.create('GIFT', { amount: -701 }), { code: 400 })
  await patron.customers.create({ source_id: 'holds-nothing' })
  assert.deepEqual((await patron.customers.listRedeemables('holds-nothing', { limit: 5 })).data, [])
  await patron.vouchers.delete(code)
  await patron.vouchers.delete('GIFT', { force: true })
  await assert.rejects(patron.vouchers.get(code), { code: 404, key: 'not_found' })
}

async function campaigns() {
  const name = 'Rainy / summer'
  const made = await patron.campaigns.create({
    name,
    campaign_type: 'DISCOUNT_COUPONS',
    type: 'AUTO_UPDATE',
    vouchers_count: 1,
    voucher: { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 10 }, code_config: { length: 6 } },
    metadata: { region: 'AMER' },
  })
  assert.deepEqual([made.name, made.vouchers_count, made.voucher.code_config.pattern], [name, 1, '######'])
  assert.deepEqual(await patron.campaigns.get(name), made)
  const page = await patron.campaigns.list({ limit: 1, campaign_type: 'DISCOUNT_COUPONS' })
  assert.deepEqual(page.campaigns.map(each => each.id), [made.id])
  const only = { junction: 'and', campaigns: { conditions: { $in: [name, 'none'] } }, status: { conditions: { $active: '' } } }
  assert.deepEqual((await patron.campaigns.list({ filters: only })).campaigns.map(each => each.id), [made.id])
  const { vouchers: [voucher] } = await patron.vouchers.list({ campaign: name })
  assert.deepEqual([voucher.campaign, voucher.campaign_id], [name, made.id])
  assert.equal((await patron.campaigns.addVoucher(name)).campaign_id, made.id)
  assert.equal((await ended(await patron.campaigns.addVoucher(name, {}, { vouchers_count: 2 }))).result.done_count, 2)
  assert.equal((await patron.campaigns.addCertainVoucher(name, 'RAIN/1', { category: 'Late' })).category, 'Late')
  assert.equal((await patron.campaigns.update(name, { description: 'x' })).description, 'x')
  assert.deepEqual(await patron.campaigns.disable(made.id), {})
  assert.deepEqual(await patron.campaigns.enable(name), {})
  assert.deepEqual([(await patron.campaigns.get(made.id)).vouchers_count, made.active], [5, true])
  assert.equal((await ended(await patron.campaigns.delete(name))).result.done_count, 5)
  await assert.rejects(patron.campaigns.get(name), { code: 404, key: 'not_found' })
}

async function publications() {
  const { code } = await patron.vouchers.create({ code: 'PUBLISHED', type: 'GIFT_VOUCHER', gift: { amount: 700 } })
  const { publications } = patron.distributions
  const customer = { source_id: 'published-to', name: 'Grace' }
  const told = await publications.create({ voucher: code, customer, source_id: 'p-1', metadata: { n: 1 } })
  assert.deepEqual([told.result, told.voucher.code, told.voucher.holder_id], ['SUCCESS', code, told.customer_id])
  assert.equal(told.customer.summary.redemptions.gift.amount_to_go, 700)
  assert.deepEqual(await publications.create({ voucher: code, customer, source_id: 'p-1' }), told)
  const other = { voucher: code, customer: { source_id: 'somebody-else' } }
  await assert.rejects(publications.create(other), { code: 400, key: 'voucher_already_published' })
  const discount = { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 10 } }
  const growing = { name: 'Given / away', campaign_type: 'DISCOUNT_COUPONS', type: 'AUTO_UPDATE', voucher: discount }
  await patron.campaigns.create(growing)
  const two = await publications.create({ campaign: { name: growing.name, count: 2 }, customer })
  assert.deepEqual([two.vouchers.length, two.voucher], [2, undefined])
  const page = await publications.list({ customer: 'published-to', voucher_type: 'GIFT', limit: 5 })
  assert.deepEqual([page.total, page.publications[0].id, page.publications[0].voucher.gift.balance], [1, told.id, 700])
}

async function refusals() {
  await assert.rejects(patron.customers.create({ source_id: 'x'.repeat(300) }), error => {
    assert.equal(error.code, 400)
    assert.match(error.details, /source_id/)
    return true
  })
  await assert.rejects(patron.customers.update({ source_id: 'nobody', name: 'x' }), { code: 404 })
  await assert.rejects(patron.customers.list({ limit: 101 }), { code: 400 })
}

async function productsAndSkus() {
  const made = await patron.products.create({ source_id: 'a/b tea', name: 'Tea', price: 500, attributes: ['size'] })
  assert.match(made.id, /^prod_/)
  const sku = await patron.products.createSku('a/b tea', {
    source_id: 'tea/small',
    sku: 'Small',
    price: 450,
    currency: 'EUR',
    attributes: { size: 'S' },
  })
  assert.equal(sku.product_id, made.id)
  assert.deepEqual(await patron.products.getSku('tea/small'), sku)
  const shown = await patron.products.get(made.id)
  assert.deepEqual([shown.name, shown.skus.total, shown.skus.data[0]], ['Tea', 1, sku])
  const changed = await patron.products.update({ source_id: 'a/b tea', price: 600, metadata: { fair: true } })
  assert.deepEqual([changed.id, changed.price, changed.metadata], [made.id, 600, { fair: true }])
  assert.equal((await patron.products.updateSku(made.id, { source_id: 'tea/small', price: 400 })).price, 400)
  const list = await patron.products.list({ limit: 5, order: '-created_at' })
  assert.deepEqual([list.total, list.products[0].id, list.products[0].skus.total], [1, made.id, 1])
  assert.deepEqual((await patron.products.listSkus(made.id)).skus.map(each => each.id), [sku.id])
  await patron.products.deleteSku(made.id, 'tea/small', { force: true })
  await assert.rejects(patron.products.getSku(sku.id), { code: 404, resource_type: 'sku' })
  await patron.products.delete(made.id)
  await assert.rejects(patron.products.get('a/b tea'), { code: 404, resource_type: 'product' })
}

async function productsInBulk() {
  const bulk = await ended(
    await patron.products.bulkUpdate([
      { source_id: 'bulk-tea', name: 'Tea', price: 500, attributes: ['size'] },
      { source_id: 'bulk-cup', metadata: { a: 1 } },
    ]),
  )
  assert.deepEqual([bulk.type, bulk.result.done_count], ['PRODUCTS.BULK_UPDATE', 2])
  const params = { source_ids: ['bulk-tea', 'bulk-cup'], metadata: { origin: 'PL' } }
  assert.equal((await ended(await patron.products.bulkUpdateMetadata(params))).result.done_count, 2)
  assert.deepEqual((await patron.products.get('bulk-cup')).metadata, { a: 1, origin: 'PL' })
  const csv = await fromFile('name,source_id,price\nGreen tea,bulk-tea,600\nshort\n', file =>
    patron.products.importCSV(file),
  )
  assert.deepEqual([csv.type, csv.result.done_count, csv.result.failed[0].row], ['PRODUCTS.IMPORT_CSV', 1, 2])
  assert.deepEqual((await patron.products.get('bulk-tea')).price, 600)
  const skus = await fromFile('product_id,source_id,sku\nbulk-tea,bulk-small,Small\n', file =>
    patron.products.importSkusCSV(file),
  )
  assert.deepEqual([skus.type, skus.result.done_count], ['SKUS.IMPORT_CSV', 1])
  assert.equal((await patron.products.getSku('bulk-small')).sku, 'Small')
  await patron.products.delete('bulk-tea')
  await patron.products.delete('bulk-cup')
}

async function segments() {
  const { id } = await patron.customers.create({ source_id: 'in-segments', metadata: { club: 'Gold' } })
  const listed = await patron.segments.create({ name: 'Friends', type: 'static', customers: [id] })
  const filter = { junction: 'and', 'metadata.club': { conditions: { $in: ['Gold', 'Silver'] } } }
  const active = await patron.segments.create({ name: 'Club', type: 'auto-update', filter })
  assert.deepEqual(await patron.segments.get(active.id), active)
  assert.deepEqual(active.filter, filter)
  const told = await patron.segments.list(id)
  assert.deepEqual(told.data.map((each) => each.id), [active.id, listed.id])
  await patron.segments.delete(listed.id)
  await patron.segments.delete(active.id)
  await assert.rejects(patron.segments.get(active.id), { code: 404, resource_type: 'segment' })
}

async function productCollections() {
  const { id } = await patron.products.create({ source_id: 'cup', name: 'Cup', price: 900, metadata: { color: 'red' } })
  const listed = await patron.productCollections.create({
    type: 'STATIC',
    name: 'Cups',
    products: [{ id, object: 'product' }],
  })
  const filtered = await patron.productCollections.create({
    type: 'AUTO_UPDATE',
    name: 'Red and dear',
    filter: {
      junction: 'and',
      'metadata.color': { conditions: { $is: ['red'] } },
      price: { conditions: { $more_than: [500] } },
    },
  })
  assert.deepEqual([listed.products, filtered.filter.junction], [[{ id, object: 'product' }], 'and'])
  assert.deepEqual(await patron.productCollections.get(filtered.id), filtered)
  const list = await patron.productCollections.list({ limit: 10, order: '-created_at' })
  assert.deepEqual([list.total, list.data[0]], [2, filtered])
  for (const collection of [listed, filtered]) {
    const { data, total } = await patron.productCollections.listProducts(collection.id, { limit: 5 })
    assert.deepEqual([total, data[0].id, data[0].object], [1, id, 'product'])
  }
  await patron.productCollections.delete(listed.id)
  await assert.rejects(patron.productCollections.get(listed.id), { code: 404, resource_type: 'products_collection' })
}

async function validationRules() {
  const rules = { 1: { name: 'order.amount', conditions: { $more_than: [1000] } }, logic: '1' }
  const made = await patron.validationRules.create({ name: 'Dear orders', rules, error: { message: 'Too little.' } })
  assert.deepEqual([made.rules[1].conditions, made.error.message], [{ $more_than: [1000] }, 'Too little.'])
  assert.deepEqual(await patron.validationRules.get(made.id), made)
  const changed = await patron.validationRules.update({ id: made.id, name: 'Dearer orders' })
  assert.equal(changed.name, 'Dearer orders')
  assert.deepEqual((await patron.validationRules.list({ limit: 1 })).data, [changed])
  const discount = { type: 'PERCENT', percent_off: 10 }
  const voucher = await patron.vouchers.create({ code: 'RULED', type: 'DISCOUNT_VOUCHER', discount })
  const related = { related_object_type: 'voucher', related_object_id: voucher.id }
  const assignment = await patron.validationRules.createAssignment(made.id, related)
  await assert.rejects(patron.validationRules.createAssignment(made.id, related), { code: 409, key: 'duplicate_found' })
  const { validation_rules_assignments: told } = await patron.vouchers.get('RULED')
  assert.deepEqual(told.data, [assignment])
  assert.deepEqual((await patron.validationRules.listAssignments(made.id)).data, [assignment])
  const ofObject = await patron.validationRules.listRulesAssignments({ related_object_id: voucher.id })
  assert.deepEqual(ofObject.data, [assignment])
  await patron.validationRules.deleteAssignment(made.id, assignment.id)
  await patron.validationRules.delete(made.id)
  await assert.rejects(patron.validationRules.get(made.id), { code: 404, resource_type: 'validation_rules' })
}

async function metadataSchemas() {
  const { data } = await patron.customers.client.request.post('/metadata-schemas', {
    related_object: 'order',
    properties: { size: { type: 'string', array: false, optional: true, minLength: 1 } },
  })
  assert.deepEqual(await patron.metadataSchemas.get('order'), data)
  assert.deepEqual((await patron.metadataSchemas.list()).schemas, [data])
}

async function redemptions() {
  const { redemptions } = patron
  const summary = async () => (await patron.customers.get('redeems')).summary
  const gift = { name: 'Redeemed', campaign_type: 'GIFT_VOUCHERS', voucher: { type: 'GIFT_VOUCHER', gift: { amount: 900 } } }
  await patron.campaigns.create(gift)
  const customer = { source_id: 'redeems' }
  const published = await patron.distributions.publications.create({ campaign: { name: 'Redeemed' }, customer })
  const card = published.voucher.code
  const order = { source_id: 'redeemed-order', amount: 1000 }
  const redeemables = [{ object: 'voucher', id: card, gift: { credits: 400 } }]
  const validated = await patron.validations.validateStackable({ redeemables, order, customer })
  assert.deepEqual([validated.valid, validated.order.total_amount], [true, 600])
  assert.equal((await summary()).redemptions.total_redeemed, 0)

  const made = await redemptions.redeemStackable({ redeemables, order, customer })
  const [redemption] = made.redemptions
  assert.deepEqual([redemption.result, redemption.gift.amount, made.order.total_amount], ['SUCCESS', 400, 600])
  assert.deepEqual((await summary()).redemptions.gift, { redeemed_amount: 400, amount_to_go: 500 })
  const tooMuch = [{ object: 'voucher', id: card, gift: { credits: 501 } }]
  const refused = { code: 400, key: 'gift_amount_exceeded', resource_type: 'redemption' }
  await assert.rejects(redemptions.redeemStackable({ redeemables: tooMuch, order, customer }), refused)
  assert.deepEqual([(await summary()).redemptions.total_failed, (await summary()).orders.total_count], [1, 1])

  const undone = await redemptions.rollback(redemption.id, { reason: 'returned', tracking_id: 'redeems' })
  assert.deepEqual([undone.redemption, undone.amount, undone.reason], [redemption.id, -400, 'returned'])
  assert.deepEqual([(await redemptions.get(redemption.id)).status, (await redemptions.get(undone.id)).id], ['ROLLED_BACK', undone.id])
  assert.deepEqual((await summary()).redemptions.gift, { redeemed_amount: 0, amount_to_go: 900 })
  assert.deepEqual([(await redemptions.list({ customer: 'redeems' })).total, (await redemptions.getForVoucher(card)).total], [3, 3])

  const one = await redemptions.redeem(card, { order: { amount: 100 }, gift: { credits: 50 } })
  assert.deepEqual([one.object, one.voucher.gift.balance], ['redemption', 850])
  const { code } = await patron.vouchers.create({ code: 'TEN-OFF', type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 10 } })
  const both = [...redeemables, { object: 'voucher', id: code }]
  const several = await redemptions.redeemStackable({ redeemables: both, order: { amount: 5000 }, customer })
  const all = await redemptions.rollbackStackable(several.parent_redemption.id, { reason: 'all' })
  assert.deepEqual(all.rollbacks.map(each => each.redemption), several.redemptions.map(each => each.id))
}

async function categories() {
  const made = await patron.categories.create({ name: 'Sale', hierarchy: 2 })
  assert.match(made.id, /^cat_/)
  const changed = await patron.categories.update(made.id, { name: 'Winter sale', hierarchy: 1 })
  assert.deepEqual([changed.id, changed.name, changed.hierarchy], [made.id, 'Winter sale', 1])
  assert.deepEqual(await patron.categories.get(made.id), changed)
  assert.deepEqual((await patron.categories.list()).data, [changed])
  await patron.categories.delete(made.id)
  await assert.rejects(patron.categories.get(made.id), { code: 404, key: 'not_found' })
}

async function validations() {
  const half = { type: 'DISCOUNT_VOUCHER', discount: { type: 'PERCENT', percent_off: 50 } }
  await patron.vouchers.create({ code: 'HALF/OFF', redemption: { quantity: 1 }, ...half })
  const order = { amount: 10000 }
  const redeemables = [{ object: 'voucher', id: 'HALF/OFF' }]
  const session = { type: 'LOCK', key: 'cart/1' }
  const told = await patron.validations.validateStackable({ redeemables, order, session })
  assert.deepEqual([told.valid, told.order.total_amount, told.session.key], [true, 5000, 'cart/1'])
  const held = await patron.validations.validate('HALF/OFF', { order })
  assert.deepEqual([held.valid, held.error.key], [false, 'quantity_exceeded'])
  await patron.vouchers.releaseValidationSession('HALF/OFF', 'cart/1')
  const free = await patron.validations.validate('HALF/OFF', { order, customer: { source_id: 'visitor' } })
  assert.deepEqual([free.valid, free.discount.percent_off, free.order.total_amount], [true, 50, 5000])
  const filters = { code: { conditions: { $is: ['HALF/OFF'] } } }
  const eligible = await patron.qualifications.checkEligibility({ order, scenario: 'ALL', options: { filters } })
  assert.deepEqual(eligible.redeemables.data.map(each => [each.id, each.order.total_amount]), [['HALF/OFF', 5000]])
}

async function promotions() {
  const action = { discount: { type: 'AMOUNT', amount_off: 1000, effect: 'APPLY_TO_ORDER' } }
  const campaign = await patron.promotions.create({
    name: 'Always',
    campaign_type: 'PROMOTION',
    promotion: { tiers: [{ name: 'Ten off', action }] },
  })
  const [first] = campaign.promotion.tiers
  const tiers = patron.promotions.tiers
  const second = await tiers.create(campaign.id, { name: 'More', banner: 'Only today', action, metadata: { level: 'B' } })
  assert.deepEqual([first.hierarchy, second.hierarchy, second.campaign.id], [1, 2, campaign.id])
  const changed = await tiers.update({ id: second.id, name: 'Even more', hierarchy: 1 })
  assert.deepEqual([changed.name, changed.hierarchy, changed.banner], ['Even more', 1, 'Only today'])
  assert.deepEqual(await tiers.get(second.id), changed)
  assert.deepEqual((await tiers.list(campaign.id)).tiers.map(tier => tier.id), [second.id, first.id])
  assert.deepEqual((await tiers.listAll({ is_available: true, limit: 1 })).tiers, [changed])
  const stacks = patron.promotions.stack
  const made = await stacks.createInCampaign(campaign.id, { name: 'Both', tiers: { ids: [first.id, second.id] } })
  const renamed = await stacks.update(campaign.id, made.id, { name: 'Two' })
  assert.deepEqual([renamed.name, renamed.tiers], ['Two', made.tiers])
  assert.deepEqual(await stacks.get(campaign.id, made.id), renamed)
  assert.deepEqual((await stacks.listInCampaign(campaign.id)).data, [renamed])
  assert.deepEqual((await stacks.list({ order: 'name' })).data, [renamed])
  const applying = await patron.promotions.validate({ customer: { source_id: 'visitor' }, order: { amount: 10000 } })
  assert.deepEqual([applying.valid, applying.promotions.map(each => each.order.total_amount)], [true, [9000, 9000]])
  const redeemables = [{ object: 'promotion_stack', id: made.id }]
  const told = await patron.validations.validateStackable({ redeemables, order: { amount: 10000 } })
  assert.deepEqual([told.redeemables.map(each => each.id), told.order.total_amount], [[first.id, second.id], 8000])
  const redeemed = await tiers.redeem(second.id, { order: { amount: 10000 } })
  assert.deepEqual([redeemed.result, redeemed.promotion_tier.summary.orders.total_discount_amount], ['SUCCESS', 1000])
  await stacks.delete(campaign.id, made.id)
  await tiers.delete(first.id)
  await assert.rejects(tiers.get(first.id), { code: 404, key: 'not_found' })
}

async function main() {
  await createdFoundChangedAndDeleted()
  await deletedPermanently()
  await anyCharacterInASourceId()
  await listsAndScrolls()
  await metadataSchemas()
  await consents()
  await eventsAndTheFeed()
  await bulkWorkAndImports()
  await productsAndSkus()
  await productsInBulk()
  await orders()
  await productCollections()
  await categories()
  await segments()
  await validationRules()
  await vouchers()
  await campaigns()
  await promotions()
  await vouchersInBulk()
  await publications()
  await redemptions()
  await codesOfACampaign()
  await validations()
  await refusals()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
