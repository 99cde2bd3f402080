"""The operations of products and SKUs."""

from msgspec import UNSET

from patron.db.actions import Reply
from patron.domains.async_actions import Start, of_file, of_list, of_names
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.products.actions.bulk import START_BULK, START_IMPORT
from patron.domains.products.actions.delete import DELETE, DELETE_SKU, Delete, DeleteSku
from patron.domains.products.actions.find import find_product, find_sku
from patron.domains.products.actions.list import first_skus, list_products, list_skus
from patron.domains.products.actions.upsert import UPDATE, UPSERT, Update
from patron.domains.products.actions.upsert_sku import UPDATE_SKU, UPSERT_SKU, UpdateSku, UpsertSku
from patron.domains.products.columns import ProductColumns, SkuColumns
from patron.domains.products.wire import (
    CatalogueQuery,
    DeleteQuery,
    ProductIn,
    ProductInBulk,
    ProductList,
    ProductOut,
    ProductPatch,
    ProductsMetadataIn,
    SkuIn,
    SkuList,
    SkuOut,
    SkuPatch,
)
from patron.http.routes import Call, Route
from patron.http.uploads import Upload


async def index(call: Call[None, CatalogueQuery]) -> Reply:
    project_id = call.ctx.project_id
    page = await list_products(call.read, project_id, call.query, call.cursors)
    skus = await first_skus(call.read, project_id, page.entries)
    return call.json(
        ProductList(
            products=[ProductOut.of(product, skus.get(product.id, [])) for product in page.entries],
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def create(call: Call[ProductIn, None]) -> Reply:
    return await call.write(UPSERT, call.body)


async def show(call: Call[None, None]) -> Reply:
    return call.json(await find_product(call.read, call.ctx.project_id, call.params["productId"]))


async def change(call: Call[ProductPatch, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["productId"], call.body))


async def remove(call: Call[None, DeleteQuery]) -> Reply:
    return await call.write(DELETE, Delete(call.params["productId"], call.query.force))


async def change_many(call: Call[list[ProductInBulk], None]) -> Reply:
    return await call.write(START_BULK, Start(await of_list("PRODUCTS.BULK_UPDATE", call.body)))


async def change_metadata(call: Call[ProductsMetadataIn, None]) -> Reply:
    brought = await of_names("PRODUCTS.METADATA_UPDATE", call.body.source_ids, call.body.metadata)
    return await call.write(START_BULK, Start(brought))


async def bring_file(call: Call[Upload, None]) -> Reply:
    brought = await of_file("PRODUCTS.IMPORT_CSV", call.body.content, ProductColumns)
    return await call.write(START_IMPORT, Start(brought))


async def bring_skus(call: Call[Upload, None]) -> Reply:
    return await call.write(START_IMPORT, Start(await of_file("SKUS.IMPORT_CSV", call.body.content, SkuColumns)))


async def index_skus(call: Call[None, CatalogueQuery]) -> Reply:
    page = await list_skus(call.read, call.ctx.project_id, call.params["productId"], call.query, call.cursors)
    return call.json(
        SkuList(
            skus=[SkuOut.of(sku) for sku in page.entries],
            total=page.total,
            has_more=page.next_cursor is not None,
            next_cursor=page.next_cursor or UNSET,
        )
    )


async def create_sku(call: Call[SkuIn, None]) -> Reply:
    return await call.write(UPSERT_SKU, UpsertSku(call.params["productId"], call.body))


async def show_sku(call: Call[None, None]) -> Reply:
    return call.json(SkuOut.of(await find_sku(call.read, call.ctx.project_id, call.params["skuId"])))


async def change_sku(call: Call[SkuPatch, None]) -> Reply:
    return await call.write(UPDATE_SKU, UpdateSku(call.params["productId"], call.params["skuId"], call.body))


async def remove_sku(call: Call[None, DeleteQuery]) -> Reply:
    return await call.write(DELETE_SKU, DeleteSku(call.params["productId"], call.params["skuId"], call.query.force))


ROUTES = [
    Route(
        "GET",
        "/v1/products",
        index,
        summary="List products",
        tag="Products",
        query=CatalogueQuery,
        answers={200: ProductList},
    ),
    Route(
        "POST",
        "/v1/products",
        create,
        summary="Create a product, or change the one with this id or source_id",
        tag="Products",
        body=ProductIn,
        answers={200: ProductOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/products/bulk/async",
        change_many,
        summary="Create or change many products, each as it is said",
        tag="Products",
        body=list[ProductInBulk],
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/products/metadata/async",
        change_metadata,
        summary="Change the metadata of many products in the same way",
        tag="Products",
        body=ProductsMetadataIn,
        answers={202: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/products/importCSV",
        bring_file,
        summary="Import products from a CSV file",
        tag="Products",
        body=Upload,
        answers={200: AsyncActionId},
    ),
    Route(
        "POST",
        "/v1/skus/importCSV",
        bring_skus,
        summary="Import SKUs from a CSV file",
        tag="Products",
        body=Upload,
        answers={200: AsyncActionId},
    ),
    Route(
        "GET",
        "/v1/products/{productId}",
        show,
        summary="Get a product by id or source_id",
        tag="Products",
        answers={200: ProductOut},
    ),
    Route(
        "PUT",
        "/v1/products/{productId}",
        change,
        summary="Change a product",
        tag="Products",
        body=ProductPatch,
        answers={200: ProductOut},
    ),
    Route(
        "DELETE",
        "/v1/products/{productId}",
        remove,
        summary="Delete a product with its SKUs",
        tag="Products",
        query=DeleteQuery,
        answers={204: None},
    ),
    Route(
        "GET",
        "/v1/products/{productId}/skus",
        index_skus,
        summary="List the SKUs of a product",
        tag="Products",
        query=CatalogueQuery,
        answers={200: SkuList},
    ),
    Route(
        "POST",
        "/v1/products/{productId}/skus",
        create_sku,
        summary="Create a SKU of a product, or change the one with this id or source_id",
        tag="Products",
        body=SkuIn,
        answers={200: SkuOut},
        problems=(409,),
    ),
    Route(
        "PUT",
        "/v1/products/{productId}/skus/{skuId}",
        change_sku,
        summary="Change a SKU",
        tag="Products",
        body=SkuPatch,
        answers={200: SkuOut},
    ),
    Route(
        "DELETE",
        "/v1/products/{productId}/skus/{skuId}",
        remove_sku,
        summary="Delete a SKU",
        tag="Products",
        query=DeleteQuery,
        answers={204: None},
    ),
    Route(
        "GET",
        "/v1/skus/{skuId}",
        show_sku,
        summary="Get a SKU by id or source_id",
        tag="Products",
        answers={200: SkuOut},
    ),
]
